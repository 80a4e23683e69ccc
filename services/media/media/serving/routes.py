"""The route of pictures themselves, whose addresses never change what they show."""

from collections.abc import AsyncIterator

from ecatalog.caching.etag import matches
from ecatalog.core.errors import NotFound
from ecatalog.http.dependencies import Db
from ecatalog.security.permissions import Anonymous
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from media.dependencies import Files, Sizes
from media.files.service import ORIGINAL, prefix_of
from media.serving.ranges import Unsatisfiable, parse_range
from media.serving.service import CONTENT_TYPES, TYPES_OF_ENDINGS, StoredFile, find, wanted_endings
from media.storage import Missing, Storage

router = APIRouter(prefix="/media", tags=["media"])

FOR_NOW = "public, max-age=60"
"""The header of a picture that stands in for a better format, which is being rendered."""

ALWAYS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Accept-Ranges": "bytes",
}


@router.get("/{path:path}", summary="A picture")
async def show_picture(
    _: Anonymous, request: Request, database: Db, storage: Files, renderer: Sizes, path: str
) -> Response:
    """The original, or one of its sizes: those come as WebP or AVIF when `Accept` names it. What is not made yet comes
    in another way that `Accept` allows, and may be kept for a minute."""
    found = await find(database, f"/media/{path}")
    if found is None:
        raise NotFound
    if not found.size:
        return await _answer(request, storage, found, ORIGINAL, CONTENT_TYPES[found.format])
    endings = wanted_endings(request.headers.get("accept", ""))
    name = await renderer.offer(found.file_id, found.sha256, found.size, endings)
    response = await _answer(request, storage, found, name, TYPES_OF_ENDINGS[name.rpartition(".")[2]])
    response.headers["Vary"] = "Accept"
    if not name.endswith(f".{endings[0]}"):
        response.headers["Cache-Control"] = FOR_NOW
    return response


async def _answer(request: Request, storage: Storage, found: StoredFile, name: str, content_type: str) -> Response:
    key = prefix_of(found.sha256) + name
    tag = f'"{found.sha256[:32]}-{name}"'
    headers = ALWAYS | {"ETag": tag}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    length = await storage.size(key)
    if length is None:
        raise NotFound
    # A part of what the client has seen before is only asked for by its tag.
    wanted = request.headers.get("range") if request.headers.get("if-range", tag) == tag else None
    try:
        part = parse_range(wanted, length)
    except Unsatisfiable:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{length}"})
    start, end = part or (0, length)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{length}"
    pieces = storage.read(key, start, end)
    try:
        first = await anext(pieces, b"")
    except Missing as error:
        raise NotFound from error
    status = 206 if part else 200
    if len(first) == end - start:
        return Response(first, status, headers, media_type=content_type)
    return StreamingResponse(_joined(first, pieces), status, headers, media_type=content_type)


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
