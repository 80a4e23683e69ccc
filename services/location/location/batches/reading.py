"""Reading a batch from a request: a JSON array or one JSON object a line, either of them gzipped."""

import zlib
from typing import Any

import orjson
from ecatalog.body import MAX_JSON_BYTES, read_bytes
from ecatalog.errors import FieldErrors, ParseError, TooLarge, UnsupportedMediaType
from starlette.requests import Request

MAX_POINTS = 1000
ARRAY = "application/json"
LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"})


class Unreadable(str):
    """What takes the place of a line that is no JSON: the reason."""

    __slots__ = ()


async def read_batch(request: Request) -> list[Any]:
    """The values of a batch, in their order; lines that cannot be read are :class:`Unreadable`.

    Raises when nothing of the body can be used, or it is too long: then nothing is stored.
    """
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind != ARRAY and kind not in LINES:
        raise UnsupportedMediaType(content_type)
    raw = await read_bytes(request, MAX_JSON_BYTES)
    if request.headers.get("content-encoding", "").strip().lower() in {"gzip", "x-gzip"} or raw[:2] == b"\x1f\x8b":
        raw = unpack(raw)
    values = _array(raw) if kind == ARRAY else [_line(line) for line in raw.split(b"\n") if line.strip()]
    if len(values) > MAX_POINTS:
        raise TooLarge(f"A batch holds at most {MAX_POINTS} points.")
    return values


def unpack(raw: bytes) -> bytes:
    """What was gzipped; raises when it is cut or damaged, or larger than a body may be."""
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(raw, MAX_JSON_BYTES)
    except zlib.error as error:
        raise ParseError(f"gzip error - {error}") from None
    if unpacker.unconsumed_tail:
        raise TooLarge
    if not unpacker.eof:
        raise ParseError("gzip error - the body ends too early")
    return unpacked


def _array(raw: bytes) -> list[Any]:
    try:
        values = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ParseError(f"JSON parse error - {error}") from None
    if not isinstance(values, list):
        message = f"Invalid data. Expected a list, but got {type(values).__name__}."
        raise FieldErrors({"non_field_errors": [message]})
    return values


def _line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Unreadable(f"JSON parse error - {error}")
