"""The words of an answer beside its rows: whether the call failed, and in which words."""

import re
from dataclasses import dataclass, field

from ecatalog.fields.written.booleans import read_boolean
from ecatalog.fields.written.signs import seen

from integration.connectors.soap.failures import first_line


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MOST = 100
_SHOWN = 5
_LONGEST = 300
_LONGEST_COUNT = 10

_FLAGS = _words(
    "success issuccess successful succeeded ok isok done completed isvalid valid result status state return"
    " успех успешно выполнено результат статус состояние holat natija muvaffaqiyatli"
)
_CODES = _words(
    "code errorcode resultcode statuscode returncode errcode errorid errorno errornumber"
    " код кодошибки кодрезультата кодвозврата кодответа номерошибки kod xatokodi"
)
_FAILED = _words("error failed failure fail err fault exception ошибка неудача отказ неуспешно xato")
_FINE = _words(
    "ok ок success successful succeeded completed complete done fine none успех успешно готово выполнено завершено"
    " noerror noerrors нетошибок безошибок ошибокнет muvaffaqiyatli"
)
_ERROR = re.compile(r"error|fault|exception|failure|ошибк|исключени|xato|хато")
_WORDS = re.compile(r"message|msg|text|comment|reason|detail|warning"
                    r"|сообщени|текст|коммент|причин|предупрежд|xabar|хабар|izoh|изоҳ")  # fmt: skip
_COUNTS = _words("totalcount count total rowcount rowscount itemscount всего количествострок количествозаписей jami")
_NOTHING_NEW = re.compile(
    r"нет (?:изменений|новых|данных)|без изменений|изменений нет|no (?:changes|data|new)|unchanged|nothing"
)


@dataclass(slots=True)
class Said:
    """Takes the names and texts beside the rows.

    ``failed`` says that a failure is reported; ``sentences`` are the words for it, ``remarks`` other sentences, and
    ``others`` all that is said, with its names. ``text`` is the text of ``return`` when that stands alone, ``promised``
    the number of rows that is announced, and ``unknown`` says that inside the result stands what nobody knows: perhaps
    rows.
    """

    failed: bool = False
    sentences: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    unknown: bool = False
    promised: int | None = None
    text: str | None = None

    def add(self, name: str, text: str, *, inside: bool = False) -> None:
        """Hear a text; ``inside`` says that it stands inside the result rather than beside it."""
        text = seen(text[: _LONGEST * 4])
        if not text:
            return
        key = _key(name)
        value = _flag(text)
        is_result = key == "return" or (key.endswith("result") and key not in _FLAGS)
        if is_result:
            self.text = first_line(text)
        if key in _CODES:
            self._tell(name, text, failed=bool(text.strip("0")) and text != "200" and _folded(text) not in _FINE)
        elif key in _FLAGS or is_result:
            self._state(name, text, value)
        elif _ERROR.search(key):
            self._error(name, text, value)
        elif _WORDS.search(key):
            if value is None and _folded(text) not in _FINE:
                self._keep(self.remarks, text)
            self._tell(name, text, failed=False)
        else:
            if key in _COUNTS and text.isdecimal() and len(text) < _LONGEST_COUNT:
                self.promised = int(text)
            else:
                self.unknown = self.unknown or inside
            self._tell(name, text, failed=False)

    def add_attribute(self, name: str, text: str) -> None:
        """Hear an attribute of the result, if its name says that it speaks of the call."""
        key = _key(name)
        if key in _CODES or key in _FLAGS or key in _COUNTS or _ERROR.search(key) or _WORDS.search(key):
            self.add(name, text)

    @property
    def sentence(self) -> str | None:
        """Return what is said, best in the words for the failure; None when nothing is said that matters."""
        words = [*self.sentences, *self.remarks]
        if words:
            return "; ".join(dict.fromkeys(words[:_SHOWN]))
        return self.listed if self.failed else None

    @property
    def listed(self) -> str:
        return ", ".join(self.others[:_SHOWN])

    @property
    def is_harmless(self) -> bool:
        """Tell whether an answer without rows may say this and still mean an empty list."""
        remarks = all(_NOTHING_NEW.search(remark.casefold()) for remark in self.remarks)
        return remarks and not (self.failed or self.unknown or self.promised)

    def take(self, other: "Said") -> None:
        """Add what another one heard."""
        self.failed = self.failed or other.failed
        self.sentences += other.sentences
        self.remarks += other.remarks
        self.others += other.others
        self.unknown = self.unknown or other.unknown
        self.promised = other.promised if self.promised is None else self.promised

    @property
    def is_text_only(self) -> bool:
        return self.text is not None and len(self.others) == 1

    def _state(self, name: str, text: str, value: bool | None) -> None:
        failed = value is False or _folded(text) in _FAILED
        if value is None and not failed and _folded(text) not in _FINE:
            self._keep(self.remarks, text)
        self._tell(name, text, failed=failed)

    def _error(self, name: str, text: str, value: bool | None) -> None:
        fine = value is False or _folded(text) in _FINE
        if value is None and not fine:
            self._keep(self.sentences, text)
        self._tell(name, text, failed=not fine)

    def _tell(self, name: str, text: str, *, failed: bool) -> None:
        self.failed = self.failed or failed
        self._keep(self.others, f'{name} "{first_line(text)}"')

    def _keep(self, texts: list[str], text: str) -> None:
        if len(texts) < _MOST:
            texts.append(first_line(text))


def _flag(text: str) -> bool | None:
    try:
        return read_boolean(text) if len(text) < _LONGEST else None
    except ValueError:
        return None


def _key(name: str) -> str:
    return _folded(name[:_LONGEST])


def _folded(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
