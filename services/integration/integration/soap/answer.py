"""The answer to a call, parsed while it arrives: memory holds one piece of it, never the whole list."""

from collections.abc import Iterable

from integration.soap.control import ControlFilter
from integration.soap.errors import Cause, SourceError
from integration.soap.failures import html_instead
from integration.soap.mapping import Mapping
from integration.soap.rows import Fields, RowParser, find_layout
from integration.soap.whole import WholeParser
from integration.soap.xml import refuse_prolog

BEGINNING = 64 * 1024  # how much is looked at before it is decided which element is a row


class AnswerReader:
    """Fed with the pieces of one answer, gives the fields of its rows. Raises a SourceError for everything that is
    not a complete list: a fault, a page, a broken or cut document."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._filter = ControlFilter()
        self._beginning = bytearray()
        self._parser: RowParser | WholeParser | None = None

    @property
    def control_characters(self) -> int:
        return self._filter.dropped

    def feed(self, piece: bytes) -> list[Fields]:
        clean = self._filter.feed(piece)
        if self._parser is not None:
            return self._parser.feed(clean)
        self._beginning += clean
        if len(self._beginning) < BEGINNING:
            return []
        self._parser = self._chosen_parser()
        return self._parser.feed(bytes(self._beginning))

    def close(self) -> Iterable[Fields]:
        """The remaining rows; they end without an error only when the document is complete."""
        rest = self._filter.close()
        if self._parser is not None:
            yield from self._parser.feed(rest)
        else:
            self._beginning += rest
            self._parser = self._chosen_parser()
            yield from self._parser.feed(bytes(self._beginning))
        yield from self._parser.close()

    def _chosen_parser(self) -> RowParser | WholeParser:
        beginning = bytes(self._beginning)
        if not beginning.strip():
            raise SourceError("The source answered with nothing", Cause.MALFORMED)
        if page := html_instead(beginning, None):
            raise page
        refuse_prolog(beginning)
        layout = find_layout(beginning, self._mapping)
        return RowParser(layout) if layout else WholeParser(self._mapping)
