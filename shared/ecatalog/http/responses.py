"""Makes the answers of routes."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ecatalog.caching.etag import json_response
from ecatalog.http.idempotency import Reply
from ecatalog.listing.entity_list import ListPage


class Json(Response):
    """Is ``content`` as JSON, written by orjson."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def accepted(started: dict[str, Any]) -> Response:
    """Answer 202 for a job that was deferred; ``status_url`` is where it can be asked about."""
    return Json(started, 202, {"Location": started["status_url"]})


SIMILAR = {"X-Search": "similar"}
"""The header of rows that do not hold what was searched, and only look like it."""


def list_response(request: Request, page: ListPage) -> Response:
    """Answer with a page of a list."""
    response = json_response(request, page.body)
    if not page.exact:
        response.headers.update(SIMILAR)
    return response


def reply_response(request: Request, reply: Reply) -> Response:
    """Answer with what was created, or as when it was."""
    response = json_response(request, reply.body, reply.status)
    if reply.is_replay:
        response.headers["Idempotency-Replayed"] = "true"
    return response
