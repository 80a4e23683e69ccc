"""A process of its own that reads one workbook from its standard input, so that no file can harm the service.

It writes a line for each row of the sheet that is not empty, in the order of the sheet:

``R`` row, tab, the values as JSON;  ``E`` row, tab, what is wrong as JSON: ``code``, ``errors``, ``cells``

and one last line: ``.`` at the end of the sheet, ``M`` when there are more rows than asked for, ``X`` with a JSON body
and status when the file is refused. Of rows with the same code the last one counts, and the others are wrong. A whole
sheet is read twice: the first line, ``T`` and the number of its rows, says that nothing in it will be refused any more.
"""

import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import IO, Any

import orjson

from catalog.client.schemas import ClientBody
from catalog.columns import CLIENT_SHEET, PRODUCT_SHEET, PROJECT_SHEET
from catalog.imports.limits import UNREADABLE, Refused
from catalog.imports.package import BROKEN, find_sheet, open_package
from catalog.imports.records import Record, Records, WrongHeaders
from catalog.imports.sheet import Row, rows
from catalog.imports.texts import SharedTexts
from catalog.nomenklatura.schemas import NomenklaturaBody
from catalog.project.schemas import ProjectBody

LAYOUTS: dict[str, Any] = {
    "project": (PROJECT_SHEET, ProjectBody),
    "client": (CLIENT_SHEET, ClientBody),
    "nomenklatura": (PRODUCT_SHEET, NomenklaturaBody),
}
MEMORY_BYTES = 1024 * 1024 * 1024
DUPLICATE = "Duplicate code: row {} counts."
HEADERS = "Excel headerlari mos emas"
LINES_AT_ONCE = 200


def lines(file: IO[bytes], kind: str, most: int | None) -> Iterator[bytes]:
    """What the process writes about a file."""
    layout, body = LAYOUTS[kind]
    try:
        yield from _lines(file, layout, body, most)
    except WrongHeaders as error:
        answer = {"error": HEADERS, "expected": layout.headers, "received": error.received}
        yield b"X" + orjson.dumps({"status": 400, "body": answer}) + b"\n"
    except Refused as error:
        yield b"X" + orjson.dumps({"status": error.status, "body": {"error": error.message}}) + b"\n"
    except (*BROKEN, IndexError):
        yield b"X" + orjson.dumps({"status": 400, "body": {"error": UNREADABLE}}) + b"\n"
    except MemoryError:
        yield b"X" + orjson.dumps({"status": 413, "body": {"error": "The file is too large."}}) + b"\n"


def _lines(file: IO[bytes], layout: Any, body: Any, most: int | None) -> Iterator[bytes]:
    package = open_package(file)
    sheet = find_sheet(package, layout.sheet)
    texts = SharedTexts(package.open(sheet.texts) if sheet.texts else None)
    records = Records(layout, body, texts, from_1904=sheet.from_1904)

    code = layout.headers[0]

    def read() -> Iterator[Row]:
        return rows(lambda: package.open(sheet.part))

    if most is None:
        survey = records.survey(read())
        yield b"T%d\n" % survey.rows
        yield from (_line(record, survey.last, code) for record in records.of(read()))
    else:
        few = list(islice(records.of(read()), most + 1))
        if len(few) > most:
            yield b"M\n"
            return
        last = {record.code: record.row for record in few if record.code}
        yield from (_line(record, last, code) for record in few)
    yield b".\n"


def _line(record: Record, last: dict[str, int], code: str) -> bytes:
    errors, row = record.errors, record.row
    if not errors and last[record.code] != row:
        errors = [{"column": code, "error": DUPLICATE.format(last[record.code])}]
    if errors:
        wrong = {"code": record.code or None, "errors": errors, "cells": record.values}
        return b"E%d\t%b\n" % (row, orjson.dumps(wrong))
    return b"R%d\t%b\n" % (row, orjson.dumps(record.values))


def main() -> None:
    """``python -m catalog.imports.reader KIND [MOST_ROWS]``"""
    with suppress(ValueError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    kind, *most = sys.argv[1:]
    waiting: list[bytes] = []
    for line in lines(sys.stdin.buffer, kind, int(most[0]) if most else None):
        waiting.append(line)
        if len(waiting) == LINES_AT_ONCE:
            sys.stdout.buffer.write(b"".join(waiting))
            waiting.clear()
    sys.stdout.buffer.write(b"".join(waiting))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
