"""The parts of a file: what each says of itself, and how much of a list it is."""

from collections import Counter
from dataclasses import dataclass, field

from integration.connectors.commerceml.classifier import Classifier
from integration.connectors.commerceml.fields import key_of
from integration.connectors.commerceml.marks import is_yes
from integration.connectors.source import Completeness

CLASSIFIER, CATALOGUE, PACKAGE, CHANGES, CONTRACTORS, DOCUMENT = (
    "Классификатор", "Каталог", "ПакетПредложений", "ИзмененияПакетаПредложений", "Контрагенты", "Документ",
)  # fmt: skip
ROOT = "КоммерческаяИнформация"
_ONLY_CHANGES = "СодержитТолькоИзменения"
_SAID = ("Ид", "ИдКлассификатора", "ИдКаталога", _ONLY_CHANGES)

# The elements that are rows, by the section around them.
ROWS = {
    ROOT: frozenset[str](),
    CLASSIFIER: frozenset(("Свойство", "СвойствоНоменклатуры", "ТипЦены", "Склад", "Категория", "ЕдиницаИзмерения")),
    CATALOGUE: frozenset(("Товар",)),
    PACKAGE: frozenset(("ТипЦены", "Склад", "Предложение")),
    CHANGES: frozenset(("ТипЦены", "Склад", "Предложение")),
    CONTRACTORS: frozenset[str](),
    DOCUMENT: frozenset[str](),
}
CONTRACTOR = "Контрагент"  # a row in every section
GROUP = "Группа"
HOLDERS = frozenset((*ROWS, GROUP))  # what has a meaning of its own, even if nothing stands in it


@dataclass(eq=False, slots=True)
class Section:
    """One part of a file.

    ``own`` are the words that it declares itself, ``words`` those that it uses; ``counts`` are the records that it
    gave, by stream.
    """

    kind: str
    said: dict[str, str] = field(default_factory=dict)
    own: Classifier = field(default_factory=Classifier)
    words: Classifier | None = None
    counts: Counter[str] = field(default_factory=Counter)
    last_product: str = ""
    is_overfull: bool = False

    def hear(self, name: str, text: str) -> None:
        if name in _SAID:
            self.said.setdefault(name, text)

    @property
    def classifier_key(self) -> str:
        return key_of(self.said.get("Ид" if self.kind == CLASSIFIER else "ИдКлассификатора", ""))

    @property
    def scope(self) -> str:
        """Return the key of the catalogue or classifier; that of an offer package repeats it before a ``#``."""
        return key_of(self.said.get("ИдКаталога") or self.said.get("Ид", "").partition("#")[0])

    def completeness(self, stream: str) -> Completeness | None:
        """Return how much of a stream it holds; None when it gave nothing of it.

        A catalogue without goods is no statement about goods, whatever it says of itself: some modules send it beside
        every classifier.
        """
        if not self.counts[stream]:
            return Completeness.UNKNOWN if self.kind == CATALOGUE and stream == "nomenklatura" else None
        return Completeness.YES if is_yes(self.said.get(_ONLY_CHANGES)) is False else Completeness.CHANGES
