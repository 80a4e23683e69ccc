"""Answers with JSON."""

from typing import Any

import orjson
from starlette.responses import Response


class Json(Response):
    """Is ``content`` as JSON, written by orjson."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)
