"""Finding the row elements of a document and taking them out while it is still being parsed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from lxml import etree

from integration.soap.mapping import Field, Mapping
from integration.soap.xml import close, element_tree, local_name, malformed, pull_parser, refuse_doctype

Fields = list[Field]


@dataclass(frozen=True, slots=True)
class Layout:
    """The row element's local name, and how many elements enclose it."""

    row: str
    depth: int


def find_layout(beginning: bytes, mapping: Mapping) -> Layout | None:
    """Which element is a row, judged by the beginning of a document: the one with the usual name, else the first
    that holds both a code and a name."""
    root = element_tree(beginning)
    likely = None
    for element in root.iter("*") if root is not None else ():
        name = local_name(element.tag)
        if name.casefold() in mapping.items:
            return Layout(name, _depth(element))
        if likely is None and mapping.holds_row(child.tag for child in element.iterchildren("*")):
            likely = Layout(name, _depth(element))
    return likely


class RowParser:
    """Fed with a document, gives the fields of its rows; holds no more than the rows of the last piece."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._parser = pull_parser(layout.row)
        self._parent: etree._Element | None = None

    def feed(self, data: bytes) -> list[Fields]:
        try:
            self._parser.feed(data)
        except etree.XMLSyntaxError as error:
            raise malformed(error) from error
        return self._take()

    def close(self) -> list[Fields]:
        """The last rows; raises a SourceError unless the document is complete."""
        close(self._parser)
        return self._take()

    def _take(self) -> list[Fields]:
        rows: list[Fields] = []
        for _, element in cast("Iterable[tuple[str, etree._Element]]", self._parser.read_events()):
            if element.getparent() is self._parent or self._enter(element):
                rows.append([(child.tag, child.text) for child in element])
        if self._parent is not None:
            # The last element stays: the parser may be inside it, or about to add the text after it.
            del self._parent[:-1]
        return rows

    def _enter(self, element: etree._Element) -> bool:
        """Whether the element is a row of another parent than the last one, rather than a namesake inside a row."""
        if _depth(element) != self._layout.depth:
            return False
        if self._parent is None:
            refuse_doctype(element)
        else:
            del self._parent[:]
        self._parent = element.getparent()
        return True


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())
