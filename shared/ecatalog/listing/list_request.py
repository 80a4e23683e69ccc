"""Holds what a client asks of a list, and how a list reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from ecatalog.core.errors import FieldErrors
from ecatalog.entities.filters import NEWEST, ROW, Where
from ecatalog.entities.rendering import Rendering
from ecatalog.listing.paging import Page, cursor_envelope, encode_cursor, envelope
from ecatalog.security.permissions import Principal

Style = Literal["limit", "page"]
Position = tuple[str, int]
"""The position of a row in the order newest first is its time of creation and its id."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Is what a client asks of a list; ``url`` is the whole address as the client sees it."""

    query: Mapping[str, str]
    url: str
    asker: Principal | None

    @property
    def search(self) -> str:
        """Return the words to search for."""
        return self.query.get("search", "").strip()


class PageRequest:
    """Is a list request as one list reads it: its filters, search, order and page."""

    def __init__(self, rendering: Rendering, query: Mapping[str, str], where: Where, url: str, default: Style) -> None:
        self.rendering = rendering
        self.where = where
        self.url = url
        self.page = Page.of(query, default)
        rendering.filters.apply(query, where)
        self.order = rendering.order(query.get("ordering", ""))
        self.is_ordered = bool(query.get("ordering"))
        self.only_walks = not where.narrows
        if self.page.style == "cursor":
            self._start_after(query)

    def _start_after(self, query: Mapping[str, str]) -> None:
        if query.get("ordering"):
            raise FieldErrors({"cursor": ["A cursor walks newest first; it does not go with ordering."]})
        self.order = NEWEST
        if self.page.after:
            created, row_id = (self.where.parameter(value) for value in self.page.after)
            self.where.add(f"({ROW}.created_at, {ROW}.id) < ({created}::timestamptz, {row_id}::bigint)")

    @property
    def base(self) -> dict[str, Any]:
        return {"base": self.url.split("/api/", 1)[0]}

    def envelope(self, count: int, rows: bytes, skipped: int) -> bytes:
        return envelope(self.page, count, skipped, self.url, rows)

    def walk_envelope(self, rows: bytes, last: Position | None) -> bytes:
        """Return the envelope of a cursor's page, whose last row is at ``last``; a page that is not full is the end."""
        return cursor_envelope(self.url, last and encode_cursor(*last), rows)


def last_position(rows: bytes) -> Position | None:
    """Return the position of the last of the rows in a JSON array."""
    listed = orjson.loads(rows)
    return (listed[-1]["created_at"], listed[-1]["id"]) if listed else None
