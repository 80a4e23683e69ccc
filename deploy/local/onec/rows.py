"""Rows are rendered once at the start, as the bytes that are sent many times."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from deploy.local.onec.fields import CLIENT, PRODUCT

Fields = Mapping[str, str | None]

# Headers that price lists use for the fields of 1C; a header that is a field's own name needs no entry.
HEADERS = {"source_id": "Code", "code_1c": "Code", "barcode": "Shtrix", "article_code": "Article", "price": "BasePrice"}

_SPOILT = ("no code", "no name", "too long", "bad number", "duplicate code")
_CODE = re.compile(rb"<m:Code>.*?</m:Code>")
_NAME = re.compile(rb"<m:Name>.*?</m:Name>")
_PRICE = re.compile(rb"<m:BasePrice.*?(?:/>|</m:BasePrice>)")


def render(item: str, fields: Fields) -> bytes:
    """Render a row. None becomes ``xsi:nil`` and the empty string an empty element; 1C writes both."""
    parts = [f"<m:{item}>"]
    for name, value in fields.items():
        if value:
            parts.append(f"<m:{name}>{escape(value)}</m:{name}>")
        else:
            parts.append(f'<m:{name} xsi:nil="true"/>' if value is None else f"<m:{name}/>")
    parts.append(f"</m:{item}>\n")
    return "".join(parts).encode()


def read_csv(path: Path, headers: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Read the rows of a CSV file by the fields of 1C. ``headers`` renames columns; unknown columns are left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        lines = csv.reader(file, delimiter=";" if first.count(";") > first.count(",") else ",")
        names = [_field(header, headers) for header in next(lines, [])]
        for values in lines:
            yield {name: value for name, value in zip(names, values, strict=False) if name}


def _field(header: str, headers: Mapping[str, str]) -> str | None:
    renamed = {**HEADERS, **headers}.get(header, header)
    known = {name.casefold(): name for name in (*PRODUCT, *CLIENT)}
    return known.get(renamed.casefold())


def spoil(rows: Iterable[bytes], every: int) -> Iterator[bytes]:
    """Spoil each ``every``-th row in turn.

    It comes without a code, without a name, with a name that is too long, with a price that is no number, and with
    the code of the row before.
    """
    before = b""
    for number, row in enumerate(rows, 1):
        if number % every == 0:
            row = _spoilt(row, before, _SPOILT[(number // every - 1) % len(_SPOILT)])
        yield row
        before = row


def _spoilt(row: bytes, before: bytes, how: str) -> bytes:
    if how == "no code":
        return _CODE.sub(b"", row)
    if how == "no name":
        return _NAME.sub(b"", row)
    if how == "too long":
        return _NAME.sub(b"<m:Name>" + "Длинное имя ".encode() * 30 + b"</m:Name>", row)
    if how == "bad number":
        row = _PRICE.sub(b"", row)
        return row.replace(b"</m:Name>", "</m:Name><m:BasePrice>договорная</m:BasePrice>".encode(), 1)
    code = _CODE.search(before)
    return _CODE.sub(code.group(), row) if code else row
