"""``python -m tests.load.workbooks``: what a workbook costs its reader in the plain form, and in any other."""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import chain
from typing import IO

from catalog.entities.nomenklatura import NOMENKLATURA
from ecatalog.entities.sheet import Value

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_PARTS = {
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{_OFFICE}/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="sheet.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="texts.xml"/></Relationships>',
}
FORMS = {"plain form": "", "any other form": "<!-- not plain -->"}
"""What stands before the first row of the sheet."""

_WIDTH = len(NOMENKLATURA.sheet.headers)
_DIGITS = {
    Value.INTEGER: "7", Value.DECIMAL: "4.25", Value.PERCENT: "4.25", Value.BOOLEAN: "1", Value.DAY: "46037",
}  # fmt: skip

_READER = """
import sys, time
from pathlib import Path
from catalog.imports.reader.process import main
began = time.process_time()
main()
highest = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(time.process_time() - began, highest.split()[1], file=sys.stderr)
"""


def main() -> None:
    """Print for each form the best of some tries: seconds of CPU, megabytes in all, and how many times the first."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.workbooks", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="rows of 38 cells that share texts (%(default)s)")
    parser.add_argument("--tries", type=int, default=3, help="how often each form is read (%(default)s)")
    options = parser.parse_args()
    first = 0.0
    for name, before in FORMS.items():
        with tempfile.TemporaryFile() as file:
            _write(file, options.rows, before)
            seconds, kilobytes = min(_read(file, options.rows) for _ in range(options.tries))
        first = first or seconds
        sys.stdout.write(f"{name}: {seconds:.2f} s, {kilobytes / 1000:.0f} MB, {seconds / first:.1f} times\n")


def _write(file: IO[bytes], rows: int, before: str) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in _PARTS.items():
            made.writestr(name, content)
        made.writestr("xl/sheet.xml", "".join(_sheet(rows, before)))
        texts = chain(NOMENKLATURA.sheet.headers, (f"P-{row}" for row in range(rows)))
        made.writestr(
            "xl/texts.xml", f'<sst xmlns="{_MAIN}">{"".join(f"<si><t>{one}</t></si>" for one in texts)}</sst>'
        )


def _sheet(rows: int, before: str) -> Iterator[str]:
    """Each row has its own code; its other texts are few, and shared."""
    yield f'<worksheet xmlns="{_MAIN}"><sheetData>{before}'
    for row in range(rows + 1):
        yield f'<row r="{row + 1}">'
        yield from (_cell(f"{_letters(at)}{row + 1}", row, at) for at in range(_WIDTH))
        yield "</row>"
    yield "</sheetData></worksheet>"


def _cell(place: str, row: int, at: int) -> str:
    value = NOMENKLATURA.sheet.columns[at].value
    if row and value in _DIGITS:
        kind = ' t="b"' if value is Value.BOOLEAN else ""
        return f'<c r="{place}"{kind}><v>{_DIGITS[value]}</v></c>'
    text = at if not row else _WIDTH + (row - 1 if at == 0 else row * at % 100)
    return f'<c r="{place}" t="s"><v>{text}</v></c>'


def _letters(at: int) -> str:
    return chr(65 + at) if at < 26 else f"A{chr(39 + at)}"


def _read(file: IO[bytes], rows: int) -> tuple[float, int]:
    command = [sys.executable, "-c", _READER, "nomenklatura", "rows"]
    ran = subprocess.run(command, stdin=file, capture_output=True, check=True)
    if ran.stdout.count(b"R") < rows or not ran.stdout.endswith(b"\n.\n"):
        raise RuntimeError(f"the reader has lost rows: {ran.stdout[-500:]!r}")
    seconds, kilobytes = ran.stderr.split()
    return float(seconds), int(kilobytes)


if __name__ == "__main__":
    main()
