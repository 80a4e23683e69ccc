"""A file in UTF-8, whatever it was written in. All of it is looked at before its encoding is chosen."""

import codecs
from collections.abc import Iterator
from itertools import chain

from integration.connectors.errors import Cause, SourceError
from integration.connectors.files.document import Document
from integration.connectors.xml.encoding import (
    BEGINNING,
    declared_encoding,
    known_encoding,
    marked_encoding,
    without_declaration,
)

_USUAL = "cp1251"


def utf8_pieces(document: Document) -> Iterator[bytes]:
    """Yield the file in UTF-8, the first piece without marks and the XML declaration.

    The encoding is that of a byte order mark, else UTF-8 if that is what the bytes are, else the one that is declared,
    else windows-1251. Raises a SourceError rather than give other letters than were meant.
    """
    pieces = document.pieces()
    beginning = _beginning(pieces)
    name = marked_encoding(beginning) or _fitting(document, declared_encoding(beginning))
    decoder = None if name == "utf-8" else _decoder(name)
    whole = chain([beginning], pieces)
    first = b""
    while len(first) < BEGINNING and (piece := next(whole, b"")):
        first += _decoded(decoder, piece, document)
    yield without_declaration(first)
    for piece in whole:
        yield _decoded(decoder, piece, document)
    if rest := _decoded(decoder, b"", document, final=True):
        yield rest


def _beginning(pieces: Iterator[bytes]) -> bytes:
    beginning = b""
    while len(beginning) < BEGINNING and (piece := next(pieces, b"")):
        beginning += piece
    return beginning


def _fitting(document: Document, declared: str | None) -> str:
    """Return the first encoding of which all bytes of the file are letters."""
    candidates = dict.fromkeys(["utf-8", *known_encoding(declared), _USUAL])
    found = next((name for name in candidates if _fits(document, name)), None)
    if found is None:
        raise _undecodable(document)
    return found


def _fits(document: Document, name: str) -> bool:
    decoder = _decoder(name)
    try:
        for piece in document.pieces():
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decoder(name: str) -> codecs.IncrementalDecoder:
    """Create a decoder that lets halves of letters pass where an encoding can hold them: they are dropped later."""
    return codecs.getincrementaldecoder(name)("surrogatepass" if name.startswith("utf") else "strict")


def _decoded(
    decoder: codecs.IncrementalDecoder | None, piece: bytes, document: Document, *, final: bool = False
) -> bytes:
    if decoder is None:
        return piece
    try:
        return decoder.decode(piece, final).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise _undecodable(document) from error


def _undecodable(document: Document) -> SourceError:
    return SourceError(f'The file "{document.name}" holds bytes that are no letters of its encoding', Cause.MALFORMED)
