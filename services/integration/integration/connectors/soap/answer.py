"""The answer to a call, parsed while it arrives: memory holds one piece of it, never the whole list."""

from collections.abc import Iterator

from integration.connectors.errors import Cause, SourceError
from integration.connectors.soap.failures import find_fault, html_instead, refuse_other
from integration.connectors.soap.lists import Choice, Lists
from integration.connectors.soap.packed import unpacked
from integration.connectors.soap.rows import Found, RowReader
from integration.connectors.soap.said import Said
from integration.connectors.xml.control import ControlFilter
from integration.connectors.xml.cutting import LARGEST_VALUE, TextCutter
from integration.connectors.xml.encoding import BEGINNING, Transcoder
from integration.connectors.xml.parsing import local_name, refuse_prolog, root_name

_MARK = b"\xef\xbb\xbf"
_ENDING = _MARK + b" \t\r\n"
_LONGEST_END = 4096
LARGEST_TEXT = 8 * 1024 * 1024  # of a list that is packed into a text


class AnswerReader:
    """Takes the pieces of one answer and gives its rows, each with the list that it is of.

    It raises a SourceError for everything that is not a complete answer: a fault, a page, a broken or truncated
    document, and a failure that 1C reports. ``charset`` is that of the answer's head. When all has been read, ``said``
    holds what stands beside the rows.
    """

    def __init__(self, lists: Lists, charset: str | None = None) -> None:
        self.said = Said()
        self._charset = charset
        self._lists = lists
        self._transcoder = Transcoder(charset)
        self._filter = ControlFilter()
        self._cutter = TextCutter(LARGEST_TEXT)
        self._beginning = b""
        self._held = b""
        self._reader: RowReader | None = None

    @property
    def control_characters(self) -> int:
        return self._filter.dropped + self._lists.forbidden

    def feed(self, piece: bytes) -> list[Found]:
        return self._read(self._filter.feed(self._utf8(piece)))

    def close(self) -> Iterator[Found]:
        """Return the remaining rows; they end without an error only when the document is complete."""
        yield from self._read(self._filter.feed(self._utf8(None)))
        yield from self._read(self._filter.close())
        if self._reader is None:
            if not self._beginning.strip():
                raise SourceError("The source answered with nothing", Cause.MALFORMED)
            yield from self._begin(self._reader_for(self._beginning))
        assert self._reader is not None  # noqa: S101 - begun at the latest above
        if self._held.replace(_MARK, b"").strip():
            yield from self._fed(self._reader, self._held)
        yield from self._reader.close()
        yield from self._rest(self._reader)

    def _utf8(self, piece: bytes | None) -> bytes:
        """Decode the piece, or what remains at the end; what cannot be decoded may be a page or a text."""
        try:
            return self._transcoder.close() if piece is None else self._transcoder.feed(piece)
        except SourceError:
            if self._reader is None:
                refuse_other(self._transcoder.beginning, self._charset)
            raise

    def _read(self, clean: bytes) -> list[Found]:
        if self._reader is not None:
            clean = self._without_end(clean)
            return self._fed(self._reader, clean) if clean else []
        self._beginning += clean
        if len(self._beginning) < BEGINNING and root_name(self._beginning) is None:
            return []
        return self._begin(self._reader_for(self._beginning))

    def _without_end(self, clean: bytes) -> bytes:
        """Keep back the blanks and marks at the end of a piece: behind a document they mean nothing."""
        whole = self._held + clean
        end = len(whole.rstrip(_ENDING))
        if len(whole) - end > _LONGEST_END:
            end = len(whole)
        self._held = whole[end:]
        return whole[:end]

    def _reader_for(self, beginning: bytes) -> RowReader:
        if page := html_instead(beginning, None):
            raise page
        refuse_prolog(beginning)
        return RowReader(root_name(beginning) or "Envelope", self._lists)

    def _begin(self, reader: RowReader) -> list[Found]:
        self._reader, beginning, self._beginning = reader, self._without_end(self._beginning), b""
        return self._fed(reader, beginning)

    def _fed(self, reader: RowReader, clean: bytes) -> list[Found]:
        found = reader.feed(self._cutter.feed(clean))
        if self._lists.all or self._cutter.dropped:
            self._cutter.limit = LARGEST_VALUE  # until then, a long text may be the list itself
        return found

    def _rest(self, reader: RowReader) -> Iterator[Found]:
        """Read what is left when the answer has ended: a fault in place of it, or lists packed into its texts."""
        if fault := find_fault(reader.root):
            raise fault
        self.said = reader.said
        if self._lists.all:
            return
        _refuse_no_answer(reader)
        for text in reader.packed:
            self._refuse_cut()
            yield from unpacked(text, self._lists, self.said)

    def choose(self) -> Choice:
        """Choose the lists that are meant, once all is read. Without rows, all but harmless words are an error."""
        choice = self._lists.choose()
        if not any(found.rows for found in choice.read):
            self._refuse_cut()
            _refuse_failed(self.said)
            if errors := self._lists.of_errors():
                raise SourceError(
                    f"The answer holds no rows but a list of errors: {errors.name} ({errors.rows} rows)", Cause.FAULT
                )
        return choice

    def _refuse_cut(self) -> None:
        if self._cutter.dropped:
            raise SourceError(f"The first {LARGEST_TEXT // 2**20} MB of the answer hold no rows", Cause.TOO_LARGE)


def _refuse_failed(said: Said) -> None:
    if said.failed and said.sentences:
        raise SourceError(f"1C answered with an error: {said.sentence}", Cause.FAULT)
    if said.is_text_only:
        raise SourceError(f'The source answered with a text instead of a list: "{said.text}"', Cause.UNEXPECTED)
    if not said.is_harmless:
        raise SourceError(f"The answer holds no rows but {said.listed}", Cause.UNEXPECTED)


def _refuse_no_answer(reader: RowReader) -> None:
    root = reader.root
    body = root.find("{*}Body")
    if not reader.is_envelope or body is None:
        raise SourceError(
            f"The source answered with XML that is no SOAP answer: its root is <{local_name(root.tag)}>",
            Cause.UNEXPECTED,
        )
    if not len(body):
        raise SourceError("The SOAP body of the answer is empty", Cause.UNEXPECTED)
