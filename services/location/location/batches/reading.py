"""A batch is a JSON array, or one JSON object a line; either of them may be gzipped."""

import gzip
import zlib
from io import BytesIO
from typing import Any

from ecatalog.core.errors import FieldErrors, ParseError, TooLarge, UnsupportedMediaType
from ecatalog.http.body import MAX_JSON_BYTES, read_bytes
from starlette.requests import Request

from location.points.parsing import parse_points

MAX_POINTS = 1000
MAX_BLANK_LINES = 10 * MAX_POINTS
ARRAY = "application/json"
GZIP = b"\x1f\x8b\x08"
LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"})


class TooMany(TooLarge):
    """413: the batch has too many points."""

    def __init__(self) -> None:
        super().__init__(f"A batch holds at most {MAX_POINTS} points.")


class Unreadable(str):
    """The reason why a line is no JSON; it takes the place of the line."""

    __slots__ = ()


async def read_batch(request: Request) -> list[Any]:
    """Read the values of a batch in their order; a line that is no JSON becomes :class:`Unreadable`.

    Raises when the whole body is unusable or too long: then nothing is stored.
    """
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind != ARRAY and kind not in LINES:
        raise UnsupportedMediaType(content_type)
    raw = await read_bytes(request, MAX_JSON_BYTES)
    if request.headers.get("content-encoding", "").strip().lower() in {"gzip", "x-gzip"} or raw.startswith(GZIP):
        raw = unpack(raw)
    return _array(raw) if kind == ARRAY else [_line(line) for line in _lines(raw)]


def unpack(raw: bytes) -> bytes:
    """Unpack one gzip member or several (RFC 1952).

    Raises when a member is cut or damaged, or the whole is larger than a body may be.
    """
    if raw.count(GZIP) > MAX_POINTS:
        raise TooMany
    try:
        with gzip.GzipFile(fileobj=BytesIO(raw)) as file:
            unpacked = file.read(MAX_JSON_BYTES + 1)
    except EOFError:
        raise ParseError("gzip error - the body ends too early") from None
    except (OSError, zlib.error) as error:
        raise ParseError(f"gzip error - {error}") from None
    if len(unpacked) > MAX_JSON_BYTES:
        raise TooLarge
    return unpacked


def _array(raw: bytes) -> list[Any]:
    try:
        values = parse_points(raw)
    except ValueError as error:
        raise ParseError(f"JSON parse error - {error}") from None
    if not isinstance(values, list):
        message = f"Invalid data. Expected a list, but got {type(values).__name__}."
        raise FieldErrors({"non_field_errors": [message]})
    if len(values) > MAX_POINTS:
        raise TooMany
    return values


def _lines(raw: bytes) -> list[bytes]:
    """Split lines that are not blank and count them before any is read: gzipped, millions are a few kilobytes."""
    lines = raw.split(b"\n", MAX_POINTS + MAX_BLANK_LINES)
    if len(lines) > MAX_POINTS + MAX_BLANK_LINES:
        raise TooMany
    filled = [line for line in lines if line.strip()]
    if len(filled) > MAX_POINTS:
        raise TooMany
    return filled


def _line(line: bytes) -> Any:
    try:
        return parse_points(line)
    except ValueError as error:
        return Unreadable(f"JSON parse error - {error}")
