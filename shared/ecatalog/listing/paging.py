"""Cuts lists into pages by limit and offset, by number, or by cursor, and puts them into their envelope."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import parse_qsl, urlencode

import orjson
from pydantic import BaseModel, Field

from ecatalog.core.errors import FieldErrors, NotFound

R = TypeVar("R", bound=BaseModel)

Style = Literal["limit", "page", "cursor"]

DEFAULT_SIZE = 20
MAX_SIZE = 100
MAX_OFFSET = 2**62
MAX_ID = 2**63
SMALL_SIZE = 20
"""Rows of a page that need not be weighed: descriptions are bounded so that this many always fit."""

MOST_BYTES = 64 * 1024 * 1024
"""The long texts on one page have at most this many bytes."""

INVALID_PAGE = "Invalid page."

SIZE = {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": DEFAULT_SIZE}
PARAMETERS = tuple(
    {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
    for name, text, schema in (
        ("limit", "Rows a page; more are cut to the most.", SIZE),
        ("offset", "Rows to skip.", {"type": "integer", "minimum": 0, "default": 0}),
        ("page", "Page number from 1, or `last`.", {"anyOf": [{"type": "integer", "minimum": 1}, {"const": "last"}]}),
        ("page_size", "Rows a page with `page`.", SIZE),
        (
            "cursor",
            "Walks a large list, newest first, without counting: start empty and follow `next`.",
            {"type": "string"},
        ),
    )
)


class Listed(BaseModel, Generic[R]):
    """The envelope of a list, for its document."""

    count: int = Field(default=0, description="All rows of the list; the pages of a cursor leave it out.")
    next: str | None
    previous: str | None
    results: list[R]


@dataclass(frozen=True)
class Page:
    """Says which rows a request asks for. ``number`` 0 means the last page; ``after`` is a cursor's position."""

    style: Style
    size: int
    offset: int = 0
    number: int = 1
    after: tuple[str, int] | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], default: Literal["limit", "page"] = "limit") -> "Page":
        """Return the page that the query parameters ask for; ``default`` is the list's recorded style."""
        if "cursor" in query:
            return cls(
                "cursor",
                _size(query.get("page_size") or query.get("limit")),
                after=_position(query["cursor"]),
            )
        paged = "page" in query or "page_size" in query
        if paged or (default == "page" and "limit" not in query and "offset" not in query):
            number = _number(query.get("page", "1"))
            return cls("page", _size(query.get("page_size") or query.get("limit")), number=number)
        return cls("limit", _size(query.get("limit")), offset=_offset(query.get("offset", "0")))

    @property
    def skipped_unseen(self) -> int:
        """Return the rows before this page as far as they are known without the count; 0 for the last page."""
        return max(self.number - 1, 0) * self.size if self.style == "page" else self.offset

    def skipped(self, count: int) -> int:
        """Return the rows before this page of a list of ``count``; raises 404 for a page that does not exist."""
        if self.style != "page":
            return self.offset
        last = max(1, -(-count // self.size))
        number = self.number or last
        if number > last:
            raise NotFound(INVALID_PAGE)
        return (number - 1) * self.size


def _size(raw: str | None) -> int:
    size = _whole(raw)
    return DEFAULT_SIZE if size is None or size <= 0 else min(size, MAX_SIZE)


def _offset(raw: str) -> int:
    offset = _whole(raw)
    return 0 if offset is None or offset < 0 else min(offset, MAX_OFFSET)


def _number(raw: str) -> int:
    if raw == "last":
        return 0
    number = _whole(raw)
    if number is None or number < 1 or number > MAX_OFFSET // MAX_SIZE:
        raise NotFound(INVALID_PAGE)
    return number


def _whole(raw: str | None) -> int | None:
    text = (raw or "").strip()
    return int(text) if len(text) <= 20 and text.lstrip("+-").isascii() and text.lstrip("+-").isdigit() else None


def encode_cursor(created_at: str, row_id: int) -> str:
    """Return the cursor for the position after a row in the order newest first."""
    return base64.urlsafe_b64encode(orjson.dumps([created_at, row_id])).decode().rstrip("=")


def _position(cursor: str) -> tuple[str, int] | None:
    if not cursor:
        return None
    try:
        created_at, row_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(created_at)
        moment.astimezone(UTC)
        if isinstance(row_id, int) and 0 <= row_id < MAX_ID:
            return moment.isoformat(), row_id
    except (binascii.Error, ValueError, TypeError, OverflowError):
        pass
    raise FieldErrors({"cursor": ["Invalid cursor."]})


def envelope(page: Page, count: int, skipped: int, url: str, results: bytes) -> bytes:
    """Return ``{"count", "next", "previous", "results"}``; ``url`` is the request's own, absolute."""
    more = skipped + page.size < count
    if page.style == "page":
        number = skipped // page.size + 1
        following = _with(url, {"page": str(number + 1)}) if more else None
        previous = None
        if number > 1:
            previous = _with(url, {"page": str(number - 1)} if number > 2 else {}, drop="page")
    else:
        following = _with(url, {"limit": str(page.size), "offset": str(skipped + page.size)}) if more else None
        previous = None
        if skipped > 0:
            before = skipped - page.size
            offset = {"offset": str(before)} if before > 0 else {}
            previous = _with(url, {"limit": str(page.size)} | offset, drop="offset")
    return b'{"count":%d,"next":%s,"previous":%s,"results":%s}' % (
        count, orjson.dumps(following), orjson.dumps(previous), results,
    )  # fmt: skip


def cursor_envelope(url: str, following: str | None, results: bytes) -> bytes:
    """Return the envelope of a cursor's page: it has no count, and leads forward only."""
    link = None if following is None else _with(url, {"cursor": following})
    return b'{"next":%s,"previous":null,"results":%s}' % (orjson.dumps(link), results)


def _with(url: str, values: dict[str, Any], drop: str = "") -> str:
    base, _, query = url.partition("?")
    pairs = {name: value for name, value in parse_qsl(query, keep_blank_values=True) if name != drop}
    encoded = urlencode(sorted((pairs | values).items()))
    return f"{base}?{encoded}" if encoded else base
