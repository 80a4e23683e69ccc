"""Parses XML of strangers, without document types, hence without entities; names lose their prefixes."""

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from catalog.imports.reader.limits import MAX_MARKUP_BYTES, UNREADABLE, FileRejected, too_large

Attributes = dict[str, str]

PIECE = 64 * 1024


def parser() -> expat.XMLParserType:
    """Return a parser that refuses a document type."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    return made


class Fed:
    """Feeds a parser, and counts. One mark-up of megabytes, such as a comment, is looked at again with each
    piece, in quadratic time: it is refused with 413."""

    def __init__(self, fed: expat.XMLParserType) -> None:
        self._parser = fed
        self._bytes = 0

    def parse(self, piece: bytes) -> None:
        """Parse more; nothing ends the document."""
        self._parser.Parse(piece, not piece)
        self._bytes += len(piece)
        if piece and self._bytes - self._parser.CurrentByteIndex > MAX_MARKUP_BYTES:
            raise too_large("The workbook holds too long mark-up.")


def _refuse(*_: object) -> None:
    raise FileRejected(UNREADABLE)


def elements(part: IO[bytes]) -> Iterator[tuple[str, Attributes]]:
    """Give each element's name and attributes."""
    found: list[tuple[str, Attributes]] = []

    def start(name: str, attributes: Attributes) -> None:
        found.append((local(name), {local(key): value for key, value in attributes.items()}))

    reading = parser()
    reading.StartElementHandler = start
    fed = Fed(reading)
    more = True
    while more:
        piece = part.read(PIECE)
        more = bool(piece)
        fed.parse(piece)
        yield from found
        found.clear()


def local(name: str) -> str:
    return name.rpartition(":")[2]
