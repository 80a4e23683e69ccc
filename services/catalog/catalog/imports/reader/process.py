"""Reads one workbook from standard input in a process of its own, so that no file can harm the service.

It writes lines about the rows of the sheet that are not empty, in the order of the sheet, as it is asked to:

``rows``    ``R`` row, tab, the values as JSON;  ``E`` row, tab, what is wrong as JSON: ``code``, ``errors``, ``cells``
``survey``  ``T`` how many rows there are;  ``D`` row, tab, a later row of the same code, which counts instead
a number    both, but nothing when there are more rows than that, or very long ones

and one last line: ``.`` at the end of the sheet, ``M`` when there is more than asked for, ``X`` with a JSON body and
status when the file is refused. What a survey does not refuse is not refused when its rows are read.
"""

import os
import pickle
import resource
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader, RawIOBase
from typing import IO, Any

import orjson
from ecatalog.entities.sheet import SheetLayout

from catalog.imports.reader.choice import Choice, WrongHeaders
from catalog.imports.reader.limits import MAX_ANSWER_BYTES, MAX_SHEET_BYTES, UNREADABLE, FileRejected, too_large
from catalog.imports.reader.package import BROKEN, Sheet, open_package, read_book
from catalog.imports.reader.places import SheetRow
from catalog.imports.reader.records import Record, Records, Survey, survey
from catalog.imports.reader.sheet import rows
from catalog.imports.reader.texts import SharedTexts

MEMORY_BYTES = 1024 * 1024 * 1024
HEADERS = "Excel headerlari mos emas"
OUTPUT_BYTES = 128 * 1024

ROWS, SURVEY = "rows", "survey"
"""A request names one of these, or is a number."""


def lines(file: IO[bytes], layout: SheetLayout, asked: str) -> Iterator[bytes]:
    """Give the lines that the process writes about a file."""
    try:
        yield from _lines(file, layout, asked)
    except WrongHeaders as error:
        answer = {"error": HEADERS, "expected": layout.headers, "received": error.received}
        yield b"X" + orjson.dumps({"status": 400, "body": answer}) + b"\n"
    except FileRejected as error:
        yield b"X" + orjson.dumps({"status": error.status, "body": {"error": error.message}}) + b"\n"
    except (*BROKEN, IndexError):
        yield b"X" + orjson.dumps({"status": 400, "body": {"error": UNREADABLE}}) + b"\n"
    except MemoryError:
        yield b"X" + orjson.dumps({"status": 413, "body": {"error": "The file is too large."}}) + b"\n"


def _lines(file: IO[bytes], layout: SheetLayout, asked: str) -> Iterator[bytes]:
    package = open_package(file)
    book = read_book(package)
    texts = SharedTexts(package.open(book.texts) if book.texts else None)
    records = Records(layout, texts, from_1904=book.from_1904)

    def rows_of(sheet: Sheet) -> Iterator[SheetRow]:
        if sheet.part.file_size > MAX_SHEET_BYTES:
            raise too_large("The sheet is too large.")
        return rows(lambda: package.open(sheet.part), book.kinds)

    read = rows_of(Choice(book, layout, texts, rows_of).sheet(records.is_empty))
    if asked == SURVEY:
        yield from _survey(records.survey(read))
    elif asked == ROWS:
        yield from map(_line, records.of(read))
    else:
        few = _few(records.of(read), int(asked))
        if few is None:
            yield b"M\n"
            return
        yield from few
    yield b".\n"


def _few(records: Iterator[Record], most: int) -> list[bytes] | None:
    """Return the lines of a survey and of the rows, None when they are too much for one answer."""
    codes: list[tuple[int, str]] = []
    lines: list[bytes] = []
    size = 0
    for record in records:
        lines.append(_line(record))
        codes.append((record.row, record.code))
        size += len(lines[-1])
        if len(lines) > most or size > MAX_ANSWER_BYTES:
            return None
    return [*_survey(survey(codes)), *lines]


def _survey(found: Survey) -> Iterator[bytes]:
    yield b"T%d\n" % found.rows
    for row, later in found.later.items():
        yield b"D%d\t%d\n" % (row, later)


def _line(record: Record) -> bytes:
    if record.errors:
        wrong = {"code": record.code or None, "errors": record.errors, "cells": record.values}
        return b"E%d\t%b\n" % (record.row, orjson.dumps(wrong))
    return b"R%d\t%b\n" % (record.row, orjson.dumps(record.values))


class _Input(RawIOBase):
    """Reads the standard input from its start, at a position of its own: another process may read the same file."""

    def __init__(self) -> None:
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place}.get(whence)
        self._place = offset + (os.fstat(0).st_size if start is None else start)
        return self._place

    def readinto(self, buffer: Any) -> int:
        piece = os.pread(0, len(buffer), self._place)
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)


def as_argument(layout: SheetLayout) -> str:
    """Write a layout for the command line: entities take longer to load than most files, so the process knows none."""
    return b64encode(pickle.dumps(layout)).decode()


def main() -> None:
    """Run ``python -m catalog.imports.reader.process LAYOUT rows|survey|MOST``."""
    with suppress(ValueError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    _, argument, asked = sys.argv
    layout = pickle.loads(b64decode(argument))  # noqa: S301 - of the process that has started this one
    with os.fdopen(sys.stdout.fileno(), "wb", OUTPUT_BYTES, closefd=False) as output:
        for line in lines(BufferedReader(_Input()), layout, asked):
            output.write(line)


if __name__ == "__main__":
    main()
