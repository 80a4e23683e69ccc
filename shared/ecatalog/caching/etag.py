"""Makes and compares entity tags of answers."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from ecatalog.core.errors import PreconditionFailed


def etag(body: bytes) -> str:
    """Return a strong entity tag of these bytes."""
    return f'"{sha256(body).hexdigest()[:24]}"'  # processors have instructions for it


def matches(header: str | None, tag: str) -> bool:
    """Return whether an ``If-None-Match`` or ``If-Match`` header names this tag."""
    if not header:
        return False
    return header.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in header.split(","))


def json_response(request: Request, body: bytes, status: int = 200) -> Response:
    """Answer JSON bytes with their tag; 304 without a body when the client has them already."""
    tag = etag(body)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if status == 200 and request.method in {"GET", "HEAD"} and matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type="application/json")


def require_match(if_match: str | None, body: bytes) -> None:
    """Raise 412 when an ``If-Match`` header does not name the row's current state."""
    if if_match is not None and not matches(if_match, etag(body)):
        raise PreconditionFailed
