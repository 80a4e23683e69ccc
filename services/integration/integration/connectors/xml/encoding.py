"""The bytes of a document become UTF-8 by what they are, before what is said of them."""

import codecs
import re

from integration.connectors.errors import Cause, SourceError

BEGINNING = 64 * 1024  # how much is waited for before the encoding is chosen
_SHOWN = 4096

# Only encodings that people write documents in: others (utf-7, idna, ...) hide markup or cost more than they hold.
_KNOWN = frozenset(
    codecs.lookup(name).name
    for name in (
        "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii", "koi8-r", "koi8-u",
        "cp866", "mac-cyrillic", *(f"cp125{digit}" for digit in range(9)),
        *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 7, 9, 10, 13, 15)),
    )
)  # fmt: skip
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WIDE = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
# Servers add it to texts of which they know nothing, since HTTP once took it for granted: in a head it says nothing.
_BY_DEFAULT = ["iso8859-1"]
_BLANK = re.compile(rb"(?:\xef\xbb\xbf|[ \t\r\n]++)*+")
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,500}\?>")
_DECLARED = re.compile(rb"encoding\s{0,20}=\s{0,20}[\"']([A-Za-z0-9._-]{1,40})[\"']")


class Transcoder:
    """Takes the pieces of a document and gives it in UTF-8, without marks, blanks and the XML declaration before it.

    The encoding is that of the head, then of a byte order mark, then UTF-8 if that is what the bytes are, then what the
    declaration says; one that the bytes contradict is passed over, and so is a head that names Latin-1. It raises a
    SourceError rather than give other letters than were meant.
    """

    def __init__(self, charset: str | None = None) -> None:
        self.beginning = b""  # as it came, for whoever wants to know what it is if no encoding fits
        self._charset = charset
        self._beginning = bytearray()
        self._declared: str | None = None
        self._begun = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._is_chosen = False

    def feed(self, piece: bytes) -> bytes:
        if self._begun:
            return self._decoded(piece)
        self.beginning += piece[: _SHOWN - len(self.beginning)]
        self._beginning += piece
        return self._begin() if len(self._beginning) >= BEGINNING else b""

    def close(self) -> bytes:
        """Return the rest, and with it whatever was kept back."""
        try:
            return (b"" if self._begun else self._begin()) + self._converted(b"", final=True)
        except UnicodeDecodeError as error:
            raise _undecodable(error.encoding) from error

    def _begin(self) -> bytes:
        sample = bytes(self._beginning)
        stripped = sample[_end(_BLANK, sample) :]
        if not stripped:
            self._beginning.clear()
            return b""
        self._begun = True
        self._beginning.clear()
        self._declared = declared_encoding(stripped)
        marked = marked_encoding(sample)
        if marked and marked != "utf-8":
            self._choose(sample, marked)
            return without_declaration(self._decoded(sample))
        return without_declaration(self._decoded(stripped))

    def _decoded(self, piece: bytes) -> bytes:
        if not self._is_chosen:
            if piece.isascii():
                return piece
            self._choose(piece, None)
        try:
            return self._converted(piece)
        except UnicodeDecodeError as error:
            raise _undecodable(error.encoding) from error

    def _converted(self, piece: bytes, *, final: bool = False) -> bytes:
        if self._decoder is None:
            return piece
        return self._decoder.decode(piece, final).encode("utf-8", "surrogatepass")

    def _choose(self, sample: bytes, wide: str | None) -> None:
        """Choose the encoding by the first bytes that are not ASCII; UTF-8 passes unchanged."""
        self._is_chosen = True
        head = known_encoding(self._charset)
        said = [*(head if head != _BY_DEFAULT else []), "utf-8", *known_encoding(self._declared)]
        for name in [wide] if wide else said:
            if _fits(name, sample):
                self._decoder = (
                    None
                    if name == "utf-8"
                    else codecs.getincrementaldecoder(name)("surrogatepass" if wide else "strict")
                )
                return
        raise _undecodable(self._declared or self._charset or "utf-8")


def utf8(document: bytes, charset: str | None = None) -> bytes:
    """Return a whole document in UTF-8, as Transcoder gives it."""
    transcoder = Transcoder(charset)
    return transcoder.feed(document) + transcoder.close()


def known_encoding(name: str | None) -> list[str]:
    """Return Python's name of an encoding that keeps ASCII as it is; the wide ones show themselves."""
    try:
        found = codecs.lookup(name or "").name
    except LookupError:
        return []
    return [found] if found in _KNOWN and not found.startswith(("utf-16", "utf-32", "ascii")) else []


def marked_encoding(sample: bytes) -> str | None:
    """Return the encoding that a byte order mark says, or a first letter of more than one byte."""
    marked = next((name for mark, name in _MARKS if sample.startswith(mark)), None)
    wide = next((name for start, name in _WIDE if sample[_end(_BLANK, sample) :].startswith(start)), None)
    return marked or wide


def declared_encoding(document: bytes) -> str | None:
    """Return what the XML declaration says, whatever that is."""
    found = _DECLARED.search(_declaration(document[_end(_BLANK, document) :]))
    return found.group(1).decode() if found else None


def without_declaration(document: bytes) -> bytes:
    """Return a document in UTF-8 from its first element on, without marks and the declaration."""
    document = document[_end(_BLANK, document) :]
    document = document[_end(_DECLARATION, document) :]
    return document[_end(_BLANK, document) :]


def _fits(name: str, sample: bytes) -> bool:
    """Tell whether the bytes can be of the encoding. UTF-8 could be of any encoding of one byte, and never is."""
    if not name.startswith("utf") and _fits("utf-8", sample):
        return False
    try:
        codecs.getincrementaldecoder(name)("surrogatepass" if name.startswith("utf") else "strict").decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _declaration(document: bytes) -> bytes:
    head = document[:2000].replace(b"\x00", b"")
    return head[: _end(_DECLARATION, head)]


def _end(pattern: re.Pattern[bytes], document: bytes) -> int:
    found = pattern.match(document)
    return found.end() if found else 0


def _undecodable(name: str) -> SourceError:
    return SourceError(f"The answer holds bytes that are no letters of its encoding, {name}", Cause.MALFORMED)
