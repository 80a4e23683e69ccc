"""Gives routes what a request says of one row."""

from ecatalog.entities.filters import Where
from fastapi import Request

from catalog.entities.service import RowPath


def row_path(request: Request, code: str, visible: Where) -> RowPath:
    """Return which of the visible rows the path and the query of a request name."""
    return RowPath(request.method, code, request.query_params, visible)
