"""Reads the rows of a request."""

from collections.abc import Mapping
from typing import Annotated, Any

from ecatalog.core.errors import FieldErrors, UnsupportedMediaType
from ecatalog.http.body import REQUIRED, read_body
from fastapi import Depends, Request
from starlette.datastructures import FormData

MAX_ROWS = 1000


async def _sent_rows(request: Request) -> list[Any]:
    """Return the rows: a list, or an object that holds it as ``rows``."""
    data = await read_body(request)
    if isinstance(data, FormData):
        raise UnsupportedMediaType(request.headers.get("content-type", ""))
    if isinstance(data, Mapping):
        if "rows" not in data:
            raise FieldErrors({"rows": [REQUIRED]})
        data = data["rows"]
    if not isinstance(data, list):
        message = f"Invalid data. Expected a list, but got {type(data).__name__}."
        raise FieldErrors({"non_field_errors": [message]})
    if len(data) > MAX_ROWS:
        raise FieldErrors({"non_field_errors": [f"Ensure this list has no more than {MAX_ROWS} rows."]})
    return data


SentRows = Annotated[list[Any], Depends(_sent_rows)]
