"""Workbooks that openpyxl writes hold the very texts, and leave nothing on the disk."""

import asyncio
import io
import tempfile
import threading
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from catalog.small_workbooks import WorkbookRow, written
from ecatalog.testing.client import until
from ecatalog.testing.workbooks import read_workbook

TEXTS = ["=1+1", "=", "#N/A", "007", " x ", "a\tb\nc", "a\rb", "<&>\"'", "_x0041_ and _x000D_", "Чай 😀", "1e5", "TRUE"]


async def batches(*rows: WorkbookRow) -> AsyncIterator[Sequence[WorkbookRow]]:
    for row in rows:
        yield [row]


async def book(*rows: WorkbookRow, headers: Sequence[str] = ("first", "a header of 22 signs")) -> bytes:
    return b"".join([piece async for piece in written("S", headers, batches(*rows))])


async def test_texts_are_read_as_they_were_written() -> None:
    read = read_workbook(await book(*([text, "x"] for text in TEXTS)))
    assert (read.sheet, read.headers, read.widths) == ("S", ["first", "a header of 22 signs"], [15, 25])
    assert [row[0] for row in read.rows] == TEXTS
    assert read.formats == {"General"}


async def test_what_no_cell_can_hold_is_left_out() -> None:
    row = ["a\0b\x01c\x1f", "\ufffe\uffff!", "\ud800", "😀" * 20_000, "", "end"]
    (read,) = read_workbook(await book(row, headers=list("abcdef"))).rows
    assert read == ["abc", "!", "?", "😀" * 16_383 + "…", None, "end"]


async def test_all_but_booleans_are_texts() -> None:
    with zipfile.ZipFile(io.BytesIO(await book(["5", True], ["", False], ["=1+1", "#N/A"]))) as made:
        xml = made.read("xl/worksheets/sheet1.xml").decode()
    assert xml.count(' t="inlineStr"') == 5
    assert '<c r="B2" t="b"><v>1</v></c>' in xml
    assert '<c r="B3" t="b"><v>0</v></c>' in xml
    assert "A3" not in xml


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_nothing_is_left_of_a_download_that_is_given_up(
    after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    asked = asyncio.Event()

    def left() -> list[Path]:
        return list(tmp_path.iterdir())

    async def endless() -> AsyncIterator[Sequence[WorkbookRow]]:
        for number in range(after):
            yield [[str(number), "x"]]
        asked.set()
        await asyncio.Event().wait()

    async def download() -> None:
        async for _ in written("S", ("a", "b"), endless()):
            pass

    task = asyncio.create_task(download())
    await asked.wait()
    assert left()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not left())


async def test_the_loop_goes_on_while_a_workbook_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[int] = set()

    def noted(text: str) -> str:
        threads.add(threading.get_ident())
        return text

    monkeypatch.setattr("catalog.small_workbooks.cell_text", noted)
    await book(["a", "b"])
    assert threads
    assert threading.get_ident() not in threads
