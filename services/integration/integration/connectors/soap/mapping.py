"""Rows are cleaned here: each source name is looked up once and then costs one dictionary access per row."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson

from integration.connectors.soap.batch import Counters, Kind, RejectedRecord, SourceRecord
from integration.connectors.soap.cleaners import BadValue, Cleaner, inverted, json_list, json_object, long_text
from integration.connectors.soap.columns import COLUMNS
from integration.connectors.soap.meaning import meaning, parts, without_blanks
from integration.connectors.xml.parsing import local_name

Field = tuple[str, str | None]  # an element's name (``{namespace}local`` or plain) and its text
Fields = list[Field]

# What sources write for "nothing": the column keeps the value it has.
_NOTHING = frozenset({"", "NULL", "null", "None", "anyType{}"})
# How programs write an object of which they know no text.
_NOTATIONS = ("anyType{", "[object ")
_LONGEST_NOTATION = 10_000  # far longer than any value that is no long text
_REMEMBERED_NAMES = 1000  # a source that invents names without end must not fill the memory
_OTHERS = "others"
_SHOWN = 255  # characters of a code or name that are repeated for a rejected row
_LOOKED_AT = 1000  # rows of a list from which it is learned which columns it fills
MAX_ROW_BYTES = 256 * 1024  # a row travels on in messages that must stay below 512 KB


class Mapping:
    """Turns the fields of one source row into columns. One object serves one list.

    ``filled`` are the columns that its rows fill. ``unmapped`` counts the rows in which a field held something that no
    column takes, ``unread`` those whose value is no plain value and cannot be read as one, ``repeated`` those in which
    a column was named twice with different values.
    """

    def __init__(self, kind: Kind, counters: Counters, *, invert_is_active: bool = False) -> None:
        chosen = COLUMNS[kind]
        self.kind = kind
        self.filled: set[str] = set()
        self.unmapped: Counter[str] = Counter()
        self.unread: Counter[str] = Counter()
        self.repeated: Counter[str] = Counter()
        self._code = chosen.code
        self._title = chosen.title
        self._counters = counters
        self._seen = 0
        self._by_name: dict[str, tuple[str, Cleaner]] = {}
        self._by_tag: dict[str, tuple[str, Cleaner] | None] = {}
        for name, column in chosen.columns.items():
            clean = inverted if invert_is_active and name == "is_active" else column.clean
            for alias in (name, *column.aliases):
                self._by_name[_folded(alias)] = (name, clean)

    def holds_row(self, tags: Iterable[str]) -> bool:
        """Tell whether an element with these children looks like a row."""
        known = (self._by_name.get(_folded(local_name(tag))) for tag in tags)
        return {self._code, self._title} <= {column[0] for column in known if column}

    def clean(self, fields: Iterable[Field]) -> SourceRecord | RejectedRecord:
        columns: dict[str, Any] = {}
        problems: list[str] = []
        by_tag = self._by_tag
        for tag, text in fields:
            if text is None:
                continue
            text = text.strip()
            if text in _NOTHING:
                continue
            known = by_tag[tag] if tag in by_tag else self._find(tag)
            if known is None:
                self._count(self.unmapped, tag)
                continue
            if text[-1] in "]}" and (text := self._meant(tag, known[1], text)) is None:
                continue
            column, cleaner = known
            if column in columns:
                self._compare(known, columns[column], tag, text)
                continue
            try:
                columns[column] = cleaner(text)
            except BadValue as error:
                problems.append(f"{local_name(tag)} {error if len(text) <= MAX_ROW_BYTES else 'is larger than 256 KB'}")
                columns[column] = text[:_SHOWN] if column == self._code else None
        return self._judged(columns, problems)

    def told(self, tag: str, value: Any) -> str | None:
        """Return the text of a field whose value is a list or an object.

        It is the whole of it for a column that holds such, what it means for any other. None, and counted, when that
        cannot be said.
        """
        known = self._by_tag[tag] if tag in self._by_tag else self._find(tag)
        if known is None:
            return "…"  # only counted
        value = without_blanks(value)
        if value is None:
            return None
        if known[1] is json_object and isinstance(value, dict):
            return orjson.dumps(value).decode()
        if known[1] is json_list:
            return orjson.dumps(parts(value)).decode()
        text = meaning(value)
        if text is None:
            self._count(self.unread, tag)
        return text

    def _meant(self, tag: str, cleaner: Cleaner, text: str) -> str | None:
        """Return the meaning of a text that may be the notation of an object; None, and counted, without one."""
        if cleaner in (json_list, json_object, long_text):
            return text
        if text.startswith(_NOTATIONS):
            self._count(self.unread, tag)
            return None
        try:
            value = orjson.loads(text) if text[0] in "[{" and len(text) <= _LONGEST_NOTATION else text
        except orjson.JSONDecodeError:
            return text
        is_object = isinstance(value, dict) or (
            isinstance(value, list) and any(isinstance(part, (str, dict)) for part in value)
        )
        return self.told(tag, value) if is_object else text

    def takes(self, tag: str) -> bool:
        """Tell whether a column takes the field."""
        return (self._by_tag[tag] if tag in self._by_tag else self._find(tag)) is not None

    def refused(self, fields: Iterable[Field], reason: str) -> RejectedRecord:
        """Reject a row that is not stored whatever it holds."""
        row = self.clean(fields)
        if isinstance(row, SourceRecord):
            self._counters.rows -= 1
            self._counters.rejected += 1
        return RejectedRecord(row.code, reason)

    def _judged(self, columns: dict[str, Any], problems: list[str]) -> SourceRecord | RejectedRecord:
        code: str | None = columns.get(self._code)
        if self._title not in columns:
            problems.insert(0, "Name is missing")
        if code is None:
            name = columns.get(self._title)
            problems.insert(0, f'Code is missing (the name is "{name[:_SHOWN]}")' if name else "Code is missing")
        if self._seen < _LOOKED_AT:
            self._seen += 1
            self.filled |= columns.keys()
        payload = orjson.dumps(columns)
        if len(payload) > MAX_ROW_BYTES:
            problems.append(f"The row is larger than {MAX_ROW_BYTES // 1024} KB")
        if problems or code is None:
            self._counters.rejected += 1
            return RejectedRecord(code, "; ".join(problems))
        self._counters.rows += 1
        return SourceRecord(code, payload)

    def _compare(self, known: tuple[str, Cleaner], kept: Any, tag: str, text: str) -> None:
        """Count a second value of a column, unless it says the same as the first."""
        try:
            same = known[1](text) == kept
        except BadValue:
            same = False
        if not same:
            self._count(self.repeated, tag)

    def _count(self, counter: Counter[str], tag: str) -> None:
        name = local_name(tag)
        counter[name if name in counter or len(counter) < _REMEMBERED_NAMES else _OTHERS] += 1

    def _find(self, tag: str) -> tuple[str, Cleaner] | None:
        known = self._by_name.get(_folded(local_name(tag)))
        if len(self._by_tag) < _REMEMBERED_NAMES:
            self._by_tag[tag] = known
        return known


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()
