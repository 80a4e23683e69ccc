"""Answers without row elements: an empty list, a fault, a list packed into text, or something else altogether."""

from collections.abc import Iterator

from lxml import etree

from integration.soap.errors import Cause, SourceError
from integration.soap.failures import find_fault, first_line
from integration.soap.mapping import Mapping
from integration.soap.packed import unpacked
from integration.soap.rows import Fields
from integration.soap.xml import PullParser, close, local_name, malformed, pull_parser, refuse_doctype

LARGEST = 8 * 1024 * 1024
_SHOWN = 5


class WholeParser:
    """Fed with a document of at most 8 MB, which is understood when it has ended."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._parser: PullParser = pull_parser("Envelope")
        self._size = 0

    def feed(self, data: bytes) -> list[Fields]:
        self._size += len(data)
        if self._size > LARGEST:
            raise SourceError(f"The first {LARGEST // 2**20} MB of the answer hold no rows", Cause.TOO_LARGE)
        try:
            self._parser.feed(data)
        except etree.XMLSyntaxError as error:
            raise malformed(error) from error
        return []

    def close(self) -> Iterator[Fields]:
        root = close(self._parser)
        refuse_doctype(root)
        return self._rows(root)

    def _rows(self, root: etree._Element) -> Iterator[Fields]:
        if fault := find_fault(root):
            raise fault
        body = root.find("{*}Body")
        if local_name(root.tag) != "Envelope" or body is None:
            raise SourceError(
                f"The source answered with XML that is no SOAP answer: its root is <{local_name(root.tag)}>",
                Cause.UNEXPECTED,
            )
        if not len(body):
            raise SourceError("The SOAP body of the answer is empty", Cause.UNEXPECTED)
        wrapper = body[0]
        holder = wrapper.find("{*}return")
        if holder is None:
            holder = wrapper
        if not len(holder) and (text := (holder.text or "").strip()):
            yield from unpacked(text, self._mapping)
            return
        refuse_filled(holder)


def refuse_filled(holder: etree._Element) -> None:
    """An answer without rows may only be empty: anything it says instead is an error worth showing."""
    said = {
        local_name(element.tag): text
        for element in holder.iterdescendants("*")
        if not len(element) and (text := (element.text or "").strip())
    }
    if said.get("TotalCount") == "0":
        del said["TotalCount"]
    if said:
        shown = ", ".join(f'{name} "{first_line(text)}"' for name, text in list(said.items())[:_SHOWN])
        raise SourceError(f"The answer holds no rows but {shown}", Cause.UNEXPECTED)
