"""The order of the files of a set: classifiers come before the goods and offers that use their words."""

from collections.abc import Sequence

from integration.connectors.commerceml.batches import Batches
from integration.connectors.commerceml.encoding import utf8_pieces
from integration.connectors.commerceml.reader import FileReader
from integration.connectors.commerceml.rows import Rows
from integration.connectors.commerceml.sections import CATALOGUE, CHANGES, CLASSIFIER, PACKAGE, ROOT, Section
from integration.connectors.files.document import Document
from integration.connectors.xml.control import ControlFilter

_RANKS = {CATALOGUE: 1, PACKAGE: 2, CHANGES: 3}
_LAST = 4


def in_order(documents: Sequence[Document]) -> list[Document]:
    """Sort files by what stands in them, whatever their names are. Each is read until it is known."""
    return sorted(documents, key=_rank) if len(documents) > 1 else list(documents)


def _rank(document: Document) -> int:
    waiting = Batches(())
    reader = FileReader(document.name, Rows(document.name, waiting, {}, {}))
    control = ControlFilter()
    for piece in utf8_pieces(document):
        reader.feed(control.feed(piece))
        if ranks := [_RANKS.get(section.kind, _LAST) for section in reader.sections if not _is_introduction(section)]:
            return 0 if _has_words(reader.sections) else min(ranks)
    reader.feed(control.close())
    reader.close()
    return 0 if _has_words(reader.sections) else _LAST


def _is_introduction(section: Section) -> bool:
    return section.kind in (ROOT, CLASSIFIER)


def _has_words(sections: list[Section]) -> bool:
    """Tell a classifier from its mere name, which stands before offers as well."""
    return any(section.kind == CLASSIFIER and (section.counts or section.own.entries) for section in sections)
