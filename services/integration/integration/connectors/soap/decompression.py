"""Content-Encoding is undone piece by piece, so that a small answer cannot become a large one in memory."""

import zlib
from collections.abc import AsyncIterator

from integration.connectors.errors import Cause, SourceError

PIECE = 64 * 1024
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_MAGIC = b"\x1f\x8b"
_PADDING = b"\0"
# What servers also write there: names of an encoding of letters.
_NOT_COMPRESSED = ("", "identity", "none", "utf-8", "utf8", "windows-1251", "binary", "8bit")


async def decompressed(pieces: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """Yield the body in pieces of at most about 100 KB."""
    names = [name for part in encoding.lower().split(",") if (name := part.strip()) not in _NOT_COMPRESSED]
    if not names:
        async for piece in _joined(pieces):
            yield piece
    elif names in (["gzip"], ["x-gzip"], ["deflate"]):
        async for piece in _inflated(pieces):
            yield piece
    else:
        told = ", ".join(names)
        raise SourceError(f"The answer is compressed by {told!r}, which was not asked for", Cause.MALFORMED)


async def _joined(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join small pieces: many of them cost more to parse than few large ones."""
    waiting = bytearray()
    async for piece in pieces:
        waiting += piece
        if len(waiting) >= PIECE // 2:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


async def _inflated(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Inflate the members of a gzip file in turn; what follows a member and begins no other is padding."""
    inflater, is_begun = zlib.decompressobj(_GZIP_OR_ZLIB), False
    try:
        async for piece in pieces:
            if piece and not is_begun:
                inflater, is_begun = zlib.decompressobj(_wrapping(piece)), True
            while piece:
                if inflater.eof:
                    piece = piece.lstrip(_PADDING)
                    if not piece:
                        break
                    if not piece.startswith(_MAGIC[: len(piece)]):
                        return
                    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
                while data := inflater.decompress(piece, PIECE):
                    yield data
                    piece = inflater.unconsumed_tail
                piece = inflater.unused_data
    except zlib.error as error:
        raise SourceError("The compressed answer is damaged", Cause.MALFORMED) from error
    if not inflater.eof:
        raise SourceError("The answer broke off: the compressed data is not complete", Cause.TRUNCATED)


def _wrapping(beginning: bytes) -> int:
    """Tell a bare stream, which some servers send as "deflate", by its beginning: no other stream begins so."""
    is_wrapped = beginning[0] == _MAGIC[0] or beginning[0] & 0x0F == zlib.DEFLATED
    return _GZIP_OR_ZLIB if is_wrapped else -zlib.MAX_WBITS
