"""Knows the forms of answers: JSON, a page for a browser, a stream of events, and those of single routes."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ecatalog.core.errors import ApiError, NotAcceptable, NotFound
from ecatalog.http.responses import Json

MEDIA_TYPES = {"json": "application/json", "geojson": "application/geo+json", "gpx": "application/gpx+xml"}
"""The media types of forms that ``format`` or ``Accept`` may ask for."""

EVERYWHERE = frozenset({"json", "xlsx"})
VARYING = {"Vary": "Accept"}
"""The header of an answer that has several forms, for whoever keeps it."""

_ACCEPTED = re.compile(rb"\*/\*|application/(\*|json)|text/(html|event-stream)", re.IGNORECASE)
_FILES = re.compile(r"xlsx/?$")


class Acceptable:
    """Refuses an ``Accept`` header that no answer of the route can satisfy, and formats that it does not give.

    What a route gives beside JSON are the media types that it declares for 200.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[APIRoute]) -> None:
        self._app = app
        declared = (
            (route.path_regex, frozenset(_content(route)).intersection(MEDIA_TYPES.values())) for route in routes
        )
        self._given = [(path, types) for path, types in declared if types]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" and scope["path"].startswith("/api/v1/") else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await Json(refusal.body, refusal.status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> ApiError | None:
        if b"format=" in scope["query_string"] and not self._gives(scope["path"], scope["query_string"]):
            return NotFound()
        accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
        if not accept or _ACCEPTED.search(accept) or _FILES.search(scope["path"]):
            return None
        ranges = _ranges(accept.decode("latin-1"))
        return None if any(kind in ranges for kind in self._types(scope["path"])) else NotAcceptable()

    def _gives(self, path: str, query: bytes) -> bool:
        asked = parse_qs(query.decode("latin-1")).get("format", ["json"])[-1]
        return asked in EVERYWHERE or MEDIA_TYPES.get(asked) in self._types(path)

    def _types(self, path: str) -> frozenset[str]:
        return next((types for pattern, types in self._given if pattern.match(path)), frozenset())


def _content(route: APIRoute) -> Mapping[str, object]:
    content: Mapping[str, object] = route.responses.get(200, {}).get("content", {})
    return content


def chosen(request: Request, *offered: str) -> str:
    """Return the form that the request asks for: by ``format``, or else by ``Accept``, or else the first.

    A type that ``Accept`` names goes before one that it only covers, and of two alike the one that it names first.
    """
    asked = request.query_params.get("format", "")
    if asked in offered:
        return asked
    ranges = _ranges(request.headers.get("accept", ""))
    places = {kind: -place for place, kind in enumerate(ranges)}

    def rank(form: str) -> tuple[float, bool, int]:
        kind = MEDIA_TYPES[form]
        covered = max(ranges.get("application/*", 0.0), ranges.get("*/*", 0.0))
        return ranges.get(kind, covered), kind in ranges, places.get(kind, 0)

    return max(offered, key=rank)


def _ranges(accept: str) -> dict[str, float]:
    """Return the media ranges of an ``Accept`` header, and how much each is wanted."""
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        kind, _, parameters = part.partition(";")
        ranges.setdefault(kind.strip().lower(), _quality(parameters))
    return ranges


def _quality(parameters: str) -> float:
    found = re.search(r"(?:^|;)\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", parameters)
    return float(found[1]) if found else 1.0
