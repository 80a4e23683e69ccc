"""Lists packed into the text of the answer: JSON, XML in CDATA, or a ZIP in base64."""

import binascii
import io
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson

from integration.soap.errors import Cause, SourceError
from integration.soap.failures import first_line
from integration.soap.mapping import Field, Mapping
from integration.soap.rows import Fields, RowParser, find_layout
from integration.soap.xml import refuse_prolog

LARGEST = 32 * 1024 * 1024  # after unpacking
_PIECE = 64 * 1024
_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)}


def unpacked(text: str, mapping: Mapping) -> Iterator[Fields]:
    """The rows inside the text of `return`; raises a SourceError that quotes the text when it is no list."""
    if text.startswith("<"):
        return _xml_rows(_DECLARATION.sub("", text).encode(), mapping)
    if text.startswith(("[", "{")):
        return _json_rows(text.encode())
    if text.startswith("UEsD"):
        return _zip_rows(text, mapping)
    raise SourceError(f'The source answered with a text instead of a list: "{first_line(text)}"', Cause.UNEXPECTED)


def _xml_rows(document: bytes, mapping: Mapping) -> Iterator[Fields]:
    refuse_prolog(document)
    layout = find_layout(document[:_PIECE], mapping)
    if layout is None:
        raise SourceError("The XML inside the answer holds no rows", Cause.UNEXPECTED)
    parser = RowParser(layout)
    for start in range(0, len(document), _PIECE):
        yield from parser.feed(document[start : start + _PIECE])
    yield from parser.close()


def _json_rows(document: bytes) -> Iterator[Fields]:
    try:
        parsed = orjson.loads(document)
    except orjson.JSONDecodeError as error:
        raise SourceError(f"The JSON inside the answer is broken: {error.msg}", Cause.MALFORMED) from error
    for row in _json_list(parsed):
        yield [_json_field(name, value) for name, value in row.items()]


def _json_list(parsed: Any) -> list[dict[str, Any]]:
    for candidate in [parsed, *(parsed.values() if isinstance(parsed, dict) else [])]:
        if isinstance(candidate, list) and all(isinstance(row, dict) for row in candidate):
            return candidate
    raise SourceError("The JSON inside the answer holds no list of rows", Cause.UNEXPECTED)


def _json_field(name: str, value: Any) -> Field:
    match value:
        case None:
            return name, None
        case str():
            return name, value.translate(_CONTROL)
        case float():
            return name, format(Decimal(repr(value)), "f")
        case _:
            return name, orjson.dumps(value).decode()


def _zip_rows(text: str, mapping: Mapping) -> Iterator[Fields]:
    try:
        with zipfile.ZipFile(io.BytesIO(b64decode(text))) as archive:
            members = archive.infolist()
            if len(members) != 1:
                raise SourceError(
                    f"The archive inside the answer holds {len(members)} files, not one", Cause.UNEXPECTED
                )
            with archive.open(members[0]) as member:
                document = member.read(LARGEST + 1)
    except (binascii.Error, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise SourceError("The archive inside the answer cannot be opened", Cause.MALFORMED, str(error)) from error
    if len(document) > LARGEST:
        raise SourceError(f"The archive inside the answer is larger than {LARGEST // 2**20} MB", Cause.TOO_LARGE)
    if document.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"[", b"{")):
        return _json_rows(document.removeprefix(b"\xef\xbb\xbf"))
    return _xml_rows(document, mapping)
