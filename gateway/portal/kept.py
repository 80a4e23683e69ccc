"""Browsers may keep these files for a day, and then ask whether they have changed."""

from pathlib import Path
from typing import Any

from ecatalog.caching.etag import etag, matches
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

A_DAY = "public, max-age=86400"
FAVICON = (Path(__file__).parent / "static" / "favicon.ico").read_bytes()


class KeptFiles(StaticFiles):
    """Serves the files of a folder."""

    def file_response(self, *arguments: Any, **named: Any) -> Response:
        response = super().file_response(*arguments, **named)
        response.headers["Cache-Control"] = A_DAY
        return response


async def favicon(request: Request) -> Response:
    """Return the route of the icon that browsers show beside a page's title."""
    return kept(request, FAVICON, "image/x-icon")


def kept(request: Request, body: bytes, media_type: str) -> Response:
    """Answer with a file, or with 304 when the browser has it."""
    headers = {"ETag": etag(body), "Cache-Control": A_DAY}
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
