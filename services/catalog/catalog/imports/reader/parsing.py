"""Reads a workbook in a process of its own, which answers row by row."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import IO, Any

import orjson
from ecatalog.core.errors import ApiError
from ecatalog.entities.sheet import SheetLayout

from catalog.imports.reader.limits import UNREADABLE
from catalog.imports.reader.process import as_argument

PIECE = 1024 * 1024
AT_ONCE = 2
FEW_SECONDS = 60.0
"""A workbook of few rows is read at once, within this many seconds; the next ones wait for it."""

TOO_SLOW = "The workbook takes too long to read."
DUPLICATE = "Duplicate code: row {} counts."

Lines = AsyncIterator[list[bytes]]

_free = asyncio.Semaphore(AT_ONCE)


class WorkbookRefused(ApiError):
    """Is raised for a file that is not imported, with the status and body of the answer."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.status = status


@dataclass(frozen=True)
class Rejected:
    """Is a row that is not written: the errors by column, and its cells as they were filled."""

    row: int
    code: str | None
    errors: list[dict[str, str]]
    cells: dict[str, Any]


@dataclass
class Read:
    """Collects what a reader says of a workbook. The ``good`` rows are their numbers and fields.

    ``later`` is for each row whose code comes again the one that counts; there are ``more`` rows than were asked for.
    """

    total: int = 0
    good: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    later: dict[int, int] = field(default_factory=dict)
    more: bool = False

    def add(self, line: bytes) -> None:
        """Take up a line of the reader; raises :class:`WorkbookRefused`."""
        mark = line[:1]
        number, _, rest = line[1:].partition(b"\t")
        if mark == b"R":
            self.good.append((int(number), orjson.loads(rest)))
        elif mark == b"E":
            self.rejected.append(Rejected(int(number), **orjson.loads(rest)))
        elif mark == b"T":
            self.total = int(number)
        elif mark == b"D":
            self.later[int(number)] = int(rest)
        elif mark == b"M":
            self.more = True
        elif mark == b"X":
            raise WorkbookRefused(**orjson.loads(line[1:]))

    def reject_superseded(self, code: str, later: Mapping[int, int]) -> None:
        """Reject the good rows whose code, which stands in the column ``code``, comes again."""
        superseded = [one for one in self.good if one[0] in later]
        if superseded:
            self.good = [one for one in self.good if one[0] not in later]
        for row, values in superseded:
            error = {"column": code, "error": DUPLICATE.format(later[row])}
            self.rejected.append(Rejected(row, values[code], [error], values))


async def read_few(file: IO[bytes], layout: SheetLayout, most: int) -> Read:
    """Read the whole workbook, or only that it has ``more`` than ``most`` rows; raises :class:`WorkbookRefused`."""
    async with _free:
        try:
            async with asyncio.timeout(FEW_SECONDS):
                found = await read(file, layout, str(most))
        except TimeoutError:
            raise WorkbookRefused(413, {"error": TOO_SLOW}) from None
    found.reject_superseded(layout.headers[0], found.later)
    return found


async def read(file: IO[bytes], layout: SheetLayout, asked: str) -> Read:
    """Read all that a reader answers; raises :class:`WorkbookRefused`."""
    found = Read()
    async with reading(file, layout, asked) as lines:
        async for some in lines:
            for line in some:
                found.add(line)
    return found


@asynccontextmanager
async def reading(file: IO[bytes], layout: SheetLayout, asked: str) -> AsyncIterator[Lines]:
    """Start a reader, and give its lines as it writes them."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "catalog.imports.reader.process", as_argument(layout), asked,
        stdin=file.fileno(), stdout=asyncio.subprocess.PIPE, limit=PIECE,
    )  # fmt: skip
    try:
        if process.stdout is None:
            raise AssertionError("the reader has an output")
        yield _lines(process.stdout)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _lines(output: asyncio.StreamReader) -> Lines:
    """Give whole lines. A reader that ends without its last line has died of the file."""
    rest, last = b"", b""
    while piece := await output.read(PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        if lines:
            last = lines[-1]
            yield lines
    if last[:1] not in {b".", b"M", b"X"}:
        raise WorkbookRefused(400, {"error": UNREADABLE})
