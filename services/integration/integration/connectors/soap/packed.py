"""Lists may be packed into the text of the answer: as JSON, XML in CDATA, or a ZIP in base64."""

import binascii
import io
import json
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from typing import Any, NoReturn

from integration.connectors.errors import Cause, SourceError
from integration.connectors.soap.lists import Lists, RowList
from integration.connectors.soap.mapping import Fields
from integration.connectors.soap.meaning import meaning, plain_digits
from integration.connectors.soap.rows import Found, RowReader
from integration.connectors.soap.said import Said
from integration.connectors.xml.control import ControlFilter, without_forbidden
from integration.connectors.xml.cutting import LARGEST_VALUE, TextCutter
from integration.connectors.xml.encoding import utf8
from integration.connectors.xml.parsing import refuse_prolog, root_name

LARGEST = 32 * 1024 * 1024  # after unpacking
_PIECE = 64 * 1024
_DEEPEST = 20
_HEARD = 20  # items of a list that holds no rows
_LONGEST_WHOLE = 18  # digits that every reader of JSON keeps
_LONGEST_NUMBER = 1000


def unpacked(text: str, lists: Lists, said: Said) -> Iterator[Found]:
    """Yield the rows inside the text of an element, which begins as a packed list does.

    ``said`` hears what stands beside them. Raises a SourceError when the text is broken or holds no list.
    """
    if text.startswith("UEsD"):
        document = _unzipped(text)
        is_json = document.startswith((b"[", b"{"))
    else:
        document, is_json = utf8(text.encode("utf-8", "surrogatepass")), text.startswith(("[", "{"))
    if is_json:
        yield from _json_rows(document.decode("utf-8", "surrogatepass"), lists, said)
    else:
        yield from _xml_rows(document, lists, said)


def _xml_rows(document: bytes, lists: Lists, said: Said) -> Iterator[Found]:
    clean = ControlFilter()
    document = clean.feed(document) + clean.close()
    lists.forbidden += clean.dropped
    refuse_prolog(document)
    reader = RowReader(root_name(document) or "Envelope", lists)
    cutter = TextCutter(LARGEST_VALUE)
    for start in range(0, len(document), _PIECE):
        yield from reader.feed(cutter.feed(document[start : start + _PIECE]))
    yield from reader.close()
    if not lists.all:
        raise SourceError("The XML inside the answer holds no rows", Cause.UNEXPECTED)
    said.take(reader.said)


def _json_rows(document: str, lists: Lists, said: Said) -> Iterator[Found]:
    try:
        parsed = json.loads(
            document, strict=False, parse_int=_whole_number, parse_float=_number, parse_constant=_no_number
        )
    except (ValueError, RecursionError) as error:
        told = error.msg if isinstance(error, json.JSONDecodeError) else "it holds no plain values"
        raise SourceError(f"The JSON inside the answer is broken: {told}", Cause.MALFORMED) from error
    is_list = isinstance(parsed, list) and not parsed
    for holder, path in _holders(parsed, ("return", "row") if isinstance(parsed, list) else ("return",)):
        is_list = is_list or _holds_empty_list(holder)
        yield from _rows_of(holder, path, lists, said)
    if not lists.all and not is_list and not said.failed:
        raise SourceError("The JSON inside the answer holds no list of rows", Cause.UNEXPECTED)


def _holders(value: Any, path: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield objects that are no rows, and lists, from the outermost on."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, list):
        yield value, path
        for item in value:
            for name, part in item.items() if isinstance(item, dict) else ():
                yield from _holders(part, (*path, name)) if isinstance(part, (list, dict)) else ()
    elif isinstance(value, dict):
        yield value, path
        for name, part in value.items():
            yield from _holders(part, (*path, name)) if isinstance(part, (list, dict)) else ()


def _rows_of(holder: Any, path: tuple[str, ...], lists: Lists, said: Said) -> Iterator[Found]:
    """Return the rows of a list, or of an object that is a row itself; of anything else, what it says."""
    items = holder if isinstance(holder, list) else [holder]
    if any(isinstance(item, dict) and lists.holds_row(item) for item in items):
        rows = lists.at(path)
        for item in items:
            rows.rows += 1
            yield rows, _fields(item, rows, lists)
        return
    if any(path[: len(found.path)] == found.path for found in lists.all):
        return  # a part of a row says nothing of the answer
    for item in items[:_HEARD]:
        told = item if isinstance(item, dict) else {path[-1]: item}
        for name, value in told.items():
            if not isinstance(value, (list, dict)) and (text := meaning(value)):
                said.add(name, text, inside=isinstance(holder, list))


def _holds_empty_list(holder: Any) -> bool:
    return isinstance(holder, dict) and any(value == [] for value in holder.values())


def _fields(item: Any, rows: RowList, lists: Lists) -> Fields:
    fields: Fields = []
    for name, value in item.items() if isinstance(item, dict) else ():
        if isinstance(value, (list, dict)):
            told = rows.mapper.told(name, value)
        else:
            told = None if value is None else meaning(value)
        if told is not None:
            told, dropped = without_forbidden(told)
            lists.forbidden += dropped
        fields.append((without_forbidden(name)[0], told))
    return fields


def _whole_number(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_WHOLE else text


def _number(text: str) -> float | str:
    if len(text) <= _LONGEST_WHOLE and isfinite(number := float(text)):
        return number
    exact = Decimal(text)
    if abs(exact.adjusted()) > _LONGEST_NUMBER:
        _no_number(text[:_LONGEST_WHOLE])
    return plain_digits(exact)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no value")


def _unzipped(text: str) -> bytes:
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
    return utf8(document)
