"""Files that mean harm, or are no workbooks: a clear refusal, little time and little memory."""

import io
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain, repeat

import orjson
import pytest
from catalog.entities.registry import ENTITIES
from catalog.imports.reader.process import as_argument
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types

from ..builders import Catalog
from .books import MAIN, OFFICE, book, header_row, imported, numbers, package, sheet, text_cells, upload
from .books import read as tell

UNREADABLE = {"error": "XLSX faylni o'qib bo'lmadi"}
MEMORY_KILOBYTES = 100 * 1024
CPU_SECONDS = 2.0
HEADER = header_row("project")


def pressed(pieces: Iterator[bytes], part: str = "worksheets/sheet1", whole: bytes | None = None) -> bytes:
    """A workbook one of whose parts, mostly its sheet, is too large to be made in memory."""
    buffer = io.BytesIO()
    given = io.BytesIO(package(sheet("")) if whole is None else whole)
    with zipfile.ZipFile(given) as read, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name in read.namelist():
            if part not in name:
                made.writestr(name, read.read(name))
        with made.open(f"xl/{part}.xml", "w") as written:
            for piece in pieces:
                written.write(piece)
    return buffer.getvalue()


def head(rows: str = HEADER) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}'.encode()


def blank_styled_rows() -> Iterator[bytes]:
    yield head()
    cells = "".join(f'<c r="{letter}9" s="1"/>' for letter in "ABCDE")
    for _ in range(1000):
        yield f'<row r="9" spans="1:5" s="1" customFormat="1">{cells}</row>'.encode() * 1000
    yield b"</sheetData></worksheet>"


def blank_self_closed_rows() -> Iterator[bytes]:
    yield head()
    for _ in range(1000):
        yield b'<row r="9" s="1" customFormat="1"/>' * 1000


def endless_text() -> Iterator[bytes]:
    yield head() + b'<row><c t="inlineStr"><is><t>'
    for _ in range(300):
        yield b"x" * 1024 * 1024


def endless_comment() -> Iterator[bytes]:
    yield head() + b"<!--"
    for _ in range(300):
        yield b"x" * 1024 * 1024


def endless_elements(start: bytes) -> Iterator[bytes]:
    """A hundred million of them, none of which is a row."""
    yield start
    for _ in range(300):
        yield b"<c/>" * 256 * 1024


def endless_shared_text(begin: bytes) -> bytes:
    """A workbook with one text of 300 MB, or a comment, that cells would share."""
    start = f'<sst xmlns="{MAIN}"><si>'.encode() + begin
    whole = package(sheet('<row><c t="s"><v>0</v></c></row>'), "<si/>")
    return pressed(chain([start], repeat(b"x" * 1024 * 1024, 300)), "sharedStrings", whole)


def many_parts() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for number in range(30_000):
            made.writestr(f"part{number}", b"")
    return buffer.getvalue()


ROW = f"<row>{text_cells(['P', 'Чай'])}</row>"


def declared(declarations: str, text: str = "Чай") -> str:
    """A sheet that would be imported if it declared nothing."""
    rows = HEADER + f"<row>{text_cells(['P', text])}</row>"
    return f'<?xml version="1.0"?><!DOCTYPE x [{declarations}]>' + sheet(rows)


def wide(columns: int = 16_384) -> str:
    return sheet(f"<row>{'<c><v>1</v></c>' * columns}</row>")


def related(target: str) -> bytes:
    relation = f'<Relationships><Relationship Id="r1" Type="{OFFICE}/worksheet" {target}/></Relationships>'
    return package("", others={"xl/_rels/workbook.xml.rels": relation.encode()})


def encrypted() -> bytes:
    content = bytearray(book("project"))
    for place in range(len(content) - 4):
        if bytes(content[place : place + 4]) in {b"PK\x01\x02", b"PK\x03\x04"}:
            flags = place + (8 if content[place + 2] == 1 else 6)
            content[flags] |= 1
    return bytes(content)


def lying_directory() -> bytes:
    content = bytearray(book("project"))
    end = content.rfind(b"PK\x05\x06")
    struct.pack_into("<L", content, end + 12, 0xFFFFFFF0)
    return bytes(content)


REFUSED: dict[str, tuple[Callable[[], bytes], int]] = {
    "nothing": (lambda: b"", 400),
    "text": (lambda: b"hello", 400),
    "old excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000, 400),
    "an empty zip": (lambda: b"PK\x05\x06" + b"\0" * 18, 400),
    "cut off": (lambda: book("project")[:-100], 400),
    "encrypted": (lambda: encrypted(), 400),
    "a lying directory": (lambda: lying_directory(), 413),
    "many parts": (lambda: many_parts(), 413),
    "entities": (lambda: package(declared('<!ENTITY a "lol"><!ENTITY b "&a;&a;">', "&b;&b;")), 400),
    "an external entity": (lambda: package(declared('<!ENTITY e SYSTEM "file:///etc/passwd">', "P&e;")), 400),
    "a document type": (lambda: package(declared("")), 400),
    "a document type in another encoding": (lambda: package(declared("").encode("utf-16")), 400),
    "broken xml": (lambda: package(sheet(HEADER + "<row><c>")), 400),
    "a text that is not there": (lambda: package(sheet('<row><c t="s"><v>7</v></c></row>'), "<si><t>a</t></si>"), 400),
    "a sheet that is elsewhere": (lambda: related('Target="../../../../etc/passwd"'), 400),
    "a sheet on the internet": (lambda: related('TargetMode="External" Target="http://127.0.0.1/"'), 400),
    "a row that no sheet has": (lambda: package(sheet(HEADER + '<row r="1048577"><c><v>1</v></c></row>')), 400),
    "an unusual row that no sheet has": (lambda: package(sheet(HEADER + '<row r="4294967296"> <c/></row>')), 400),
    "a bare NUL": (lambda: package(sheet(HEADER + '<row><c t="str"><v>a\0b</v></c></row>')), 400),
    "16k columns": (lambda: package(wide()), 413),
    "a million blank styled rows": (lambda: pressed(blank_styled_rows()), 413),
    "a million blank rows": (lambda: pressed(blank_self_closed_rows()), 413),
    "one endless text": (lambda: pressed(endless_text()), 413),
    "one endless comment": (lambda: pressed(endless_comment()), 413),
    "one endless row of blanks": (lambda: pressed(endless_elements(head() + b"<row><!-- not plain -->")), 413),
    "elements without end before the rows": (lambda: pressed(endless_elements(head("")[:-11])), 413),
    "elements without end among the rows": (lambda: pressed(endless_elements(head())), 413),
    "one endless text to share": (lambda: endless_shared_text(b"<t>"), 413),
    "one endless comment among texts": (lambda: endless_shared_text(b"<!--"), 413),
}  # fmt: skip


READER = """
import sys, time
from pathlib import Path
from catalog.imports.reader.process import main
main()
highest = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(time.process_time(), highest.split()[1], file=sys.stderr)
"""


LIMITED = READER.replace(
    "main()\n",
    """
import catalog.imports.reader.process as reader
size = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmSize"))
reader.MEMORY_BYTES = (int(size.split()[1]) + 32 * 1024) * 1024
main()
""",
    1,
)


def read(content: bytes, kind: str = "project", asked: str = "5000", reader: str = READER) -> tuple[int, float, int]:
    """The status with which the reader refuses a file, its seconds of CPU and its kilobytes of memory."""
    layout = as_argument(ENTITIES[kind].sheet)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        ran = subprocess.run([sys.executable, "-c", reader, layout, asked], stdin=file, capture_output=True, check=True)
    last = ran.stdout.splitlines()[-1]
    assert last[:1] == b"X", last
    seconds, kilobytes = ran.stderr.split()
    return orjson.loads(last[1:])["status"], float(seconds), int(kilobytes)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_at_little_cost(name: str) -> None:
    make, expected = REFUSED[name]
    status, seconds, kilobytes = read(make())
    assert status == expected
    assert seconds < CPU_SECONDS
    assert kilobytes < MEMORY_KILOBYTES


async def test_a_refusal_is_the_answer(api: Catalog) -> None:
    for make, status in (REFUSED["text"], REFUSED["16k columns"], REFUSED["a million blank rows"]):
        response = await upload(api, "project", make())
        assert (response.status_code, list(response.json())) == (status, ["error"])
    assert (await upload(api, "project", b"")).json() == UNREADABLE


@pytest.mark.parametrize("comment", ["", "<!-- left to openpyxl -->"])
async def test_a_nul_is_dropped_and_only_the_row_that_is_wrong_is_rejected(api: Catalog, comment: str) -> None:
    rows = f"<row>{text_cells(['A_x0000_1'])}</row>{comment}<row>{text_cells(['_x0000_', 'no code'])}</row>"
    broken = f'<row>{text_cells(["B"])}<c t="e"><v>#N/_x0000_A</v></c></row>'
    answer = await imported(api, "project", package(sheet(HEADER + rows + broken)))
    assert numbers(answer) == (1, 0, 0, 2)
    assert answer["errors"][1] == "Row 4 (B): name: The cell holds an error: #N/A"
    assert (await api.get("project/A1/")).status_code == 200
    assert (await api.get(f"project/import-xlsx/{answer['task_id']}/")).json()["errors_json"] == answer["errors_json"]


def amplified(rows: int, *texts: str) -> bytes:
    """Rows that share texts, which stand in the file only once: a row's name, its description and so on."""
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    row = "".join(f'<c t="s"><v>{place}</v></c>' for place in range(len(texts)))
    cells = (f"<row>{text_cells([f'P{n}'])}{row}</row>" for n in range(rows))
    return package(sheet(HEADER + "".join(cells)), shared)


async def test_a_cell_that_is_longer_than_any_is_an_error_and_is_kept_cut(api: Catalog) -> None:
    answer = await imported(api, "project", amplified(2, "N", "T", "😀" * 16_383 + "ab"))
    assert numbers(answer) == (0, 0, 0, 2)
    assert answer["errors"][0] == "Row 2 (P0): description: The cell holds more than 32767 characters."
    inline = package(sheet(HEADER + f"<row>{text_cells(['P', 'N', 'T', 'x' * 1_000_000])}</row>"))
    answer = await imported(api, "project", inline)
    assert answer["errors"] == ["Row 2 (P): description: The cell holds more than 32767 characters."]
    response = await api.get(f"project/import-xlsx/{answer['task_id']}/errors.xlsx")
    rows = list(load_workbook(io.BytesIO(response.content)).active.values)
    assert rows[1][3] == "x" * 32_766 + "…"


async def test_many_rejected_rows_of_long_texts_come_back_whole(api: Catalog) -> None:
    answer = await imported(api, "project", amplified(300, "n" * 300, "T", "d" * 32_767))
    assert answer["error_count"] == 300
    response = await api.get(f"project/import-xlsx/{answer['task_id']}/errors.xlsx")
    rows = list(load_workbook(io.BytesIO(response.content)).active.values)
    assert [row[0] for row in rows[1:]] == [f"P{n}" for n in range(300)]


async def test_few_rows_that_share_long_texts_are_left_to_the_worker(api: Catalog) -> None:
    response = await upload(api, "project", amplified(4000, "N", "T", "d" * 30_000), wait="false")
    assert response.status_code == 202


def test_texts_that_are_shared_too_often_are_refused() -> None:
    row = '<row><c t="inlineStr"><is><t>P</t></is></c>' + '<c t="s"><v>0</v></c>' * 40 + "</row>"
    content = package(sheet(header_row("nomenklatura") + row * 2000), f"<si><t>{'d' * 32_767}</t></si>")
    assert read(content, "nomenklatura", "survey")[0] == 413


async def test_headers_of_another_kind_are_told_apart(api: Catalog) -> None:
    response = await upload(api, "project", book("client"))
    assert response.status_code == 400
    answer = response.json()
    assert (answer["error"], answer["expected"][0]) == ("Excel headerlari mos emas", "code_1c")
    assert answer["received"][0] == "client_code_1c"


@pytest.mark.parametrize("comment", ["", "<!-- left to openpyxl -->"])
@pytest.mark.parametrize("said", ["A1", "A1:A1", "A1:XFD1048576", "A1:AMJ317", "1:3", "A:Z", "", "nonsense"])
def test_what_a_sheet_says_of_its_size_is_no_size(said: str, comment: str) -> None:
    rows = f"<row>{text_cells(['A'])}</row>{comment}<row>{text_cells(['B'])}</row>"
    found = tell("project", package(sheet(HEADER + rows, head=f'<dimension ref="{said}"/>')))
    assert list(found.rows) == [2, 3]


def test_a_reader_takes_no_more_memory_than_it_may() -> None:
    texts = f"<si><t>{'d' * 32_000}</t></si>" * 1500
    content = package(
        sheet(HEADER + '<row><c t="inlineStr"><is><t>P</t></is></c><c t="s"><v>1499</v></c></row>'), texts
    )
    assert list(tell("project", content).errors) == [2]  # the name is too long, no more
    assert read(content, reader=LIMITED)[0] == 413


@pytest.mark.parametrize("part", ["_rels/.rels", "workbook", "workbook.xml.rels", "sheet1", "sharedStrings", "styles"])
def test_no_part_may_have_a_document_type(part: str) -> None:
    row = '<row><c t="s"><v>0</v></c></row>'
    whole = package(sheet(HEADER + row), "<si><t>P</t></si>", styles=f'<styleSheet xmlns="{MAIN}"/>')
    assert tell("project", whole).rows == {2: {"code_1c": "P"}}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as given, zipfile.ZipFile(buffer, "w") as made:
        for name in given.namelist():
            is_meant = name.endswith((part, f"/{part}.xml"))
            made.writestr(name, (b"<!DOCTYPE x []>" if is_meant else b"") + given.read(name))
    refusal = tell("project", buffer.getvalue()).refusal
    assert (refusal and refusal.status) == 400
