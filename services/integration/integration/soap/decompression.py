"""Undoing Content-Encoding piece by piece, so that a small answer cannot become a large one in memory."""

import zlib
from collections.abc import AsyncIterator

from integration.soap.errors import Cause, SourceError

PIECE = 64 * 1024
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_MAGIC = b"\x1f\x8b"
_PADDING = b"\0"


async def decompressed(pieces: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """The body in pieces of at most about 100 KB."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        async for piece in _joined(pieces):
            yield piece
    elif name in ("gzip", "x-gzip", "deflate"):
        async for piece in _inflated(pieces):
            yield piece
    else:
        raise SourceError(f"The answer is compressed by {name!r}, which was not asked for", Cause.MALFORMED)


async def _joined(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Many small pieces cost more to parse than few large ones."""
    waiting = bytearray()
    async for piece in pieces:
        waiting += piece
        if len(waiting) >= PIECE // 2:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


async def _inflated(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The members of a gzip file one after the other; what follows a member and begins no other is padding."""
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        async for piece in pieces:
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
