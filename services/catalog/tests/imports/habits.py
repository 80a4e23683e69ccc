"""Workbooks of products as programs write them: the same cells in the XML that is each program's habit."""

import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from catalog.entities.nomenklatura import NOMENKLATURA
from ecatalog.entities.sheet import Value
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # it has no types

from .books import MAIN, OFFICE, PACKAGE

KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
FORMATS = (
    "General",
    "0.00",
    "#,##0.00",
    "0%",
    "0.00%",
    "dd/mm/yyyy",
    "0000000",
    "0000000000000",
    "[$-419]d mmm yyyy;@",
)
PLAIN, MONEY, GROUPED, PERCENT, PERCENTS, DATE, SEVEN, THIRTEEN, LONG_DATE = range(len(FORMATS))


@dataclass(frozen=True)
class Cell:
    """A text, or a number, boolean or date in the digits of the file, and the number of its style."""

    text: str | None = None
    digits: str = ""
    style: int = PLAIN
    kind: str = "n"
    formula: bool = False


BLANK = Cell()


@dataclass(frozen=True)
class Habit:
    """How a program writes: ``texts`` are shared, inline or str, ``blanks`` left out, styled or texts without any."""

    prefix: str = ""
    texts: str = "shared"
    blanks: str = "absent"
    places: str = "upper"
    head: str = ""
    row: str = ' r="{n}"'
    says_n: bool = False
    is_rich: bool = False
    type_first: bool = False
    splits: bool = False
    shared_part: str = "sharedStrings.xml"
    root: str = ""
    f: str = "<f>1+1</f>"
    general: str = "General"


HABITS = {
    "Excel": Habit(
        row=' r="{n}" spans="1:38" x14ac:dyDescent="0.25"', is_rich=True, blanks="styled",
        root=' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"',
    ),
    "LibreOffice": Habit(
        row=' r="{n}" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0"', says_n=True,
        head='<dimension ref="A1:AMJ1048576"/>', f='<f aca="false">1+1</f>', general="GENERAL",
    ),
    "exceljs": Habit(blanks="shared", is_rich=True, row=' r="{n}" spans="1:38"'),
    "openpyxl": Habit(texts="inline", says_n=True, type_first=True),
    "1C": Habit(blanks="styled", shared_part="SharedStrings.xml", row=' r="{n}" ht="11.25" customHeight="1"'),
    "Google": Habit(row=' r="{n}"', root=' xmlns:mx="http://schemas.microsoft.com/office/mac/excel/2008/main"'),
    "ClosedXML": Habit(prefix="x:", blanks="shared"),
    "POI": Habit(texts="inline", row=' r="{n}"', blanks="inline"),
    "a reporter": Habit(texts="str", places="lower", splits=True),
    "a script": Habit(texts="inline", places="none", row="", blanks="styled"),
}  # fmt: skip


def made(habit: Habit, rows: Sequence[Sequence[Cell]]) -> bytes:
    """The workbook; the rows stand below the headers."""
    texts: dict[str, int] = {}
    table = [[Cell(header) for header in NOMENKLATURA.sheet.headers], *rows]
    written = "".join(_row(habit, number, row, texts) for number, row in enumerate(table, start=1))
    xml = f'<worksheet xmlns="{MAIN}"{habit.root}>{habit.head}<sheetData>{written}</sheetData></worksheet>'
    shared = f'<sst xmlns="{MAIN}">{"".join(_shared(habit, text) for text in texts)}</sst>'
    if habit.prefix:
        xml, shared = (_prefixed(part, habit.prefix) for part in (xml, shared))
    return _packed(habit, xml, shared)


def _row(habit: Habit, number: int, row: Sequence[Cell], texts: dict[str, int]) -> str:
    cells = [
        _cell(habit, f"{get_column_letter(place)}{number}", cell, texts) for place, cell in enumerate(row, start=1)
    ]
    pieces = [cells[:7], cells[7:]] if habit.splits else [cells]
    head = habit.row.format(n=number)
    return "".join(f"<row{head}>{''.join(piece)}</row>" for piece in pieces)


def _cell(habit: Habit, place: str, cell: Cell, texts: dict[str, int]) -> str:
    named = {"upper": f' r="{place}"', "lower": f' r="{place.lower()}"', "none": ""}[habit.places]
    if cell == BLANK:
        if habit.blanks == "absent" and habit.places != "none":
            return ""
        if habit.blanks in {"absent", "styled"}:
            return f'<c{named} s="1"/>'
        cell = Cell("")
    kind, inside = _inside(habit, cell, texts)
    typed = f' t="{kind}"' if kind != "n" or habit.says_n else ""
    styled = f' s="{cell.style}"' if cell.style else ""
    head = f"{typed}{named}{styled}" if habit.type_first else f"{named}{styled}{typed}"
    return f"<c{head}>{inside}</c>"


def _inside(habit: Habit, cell: Cell, texts: dict[str, int]) -> tuple[str, str]:
    formula = habit.f if cell.formula else ""
    if cell.text is None:
        return cell.kind, f"{formula}<v>{cell.digits}</v>"
    text = escape(cell.text)
    if cell.formula or habit.texts == "str":
        return "str", f"{formula}<v>{text}</v>"
    if habit.texts == "inline" or habit.blanks == "inline":
        return "inlineStr", f'<is><t xml:space="preserve">{text}</t></is>' if text else "<is><t/></is>"
    return "s", f"<v>{texts.setdefault(cell.text, len(texts))}</v>"


def _shared(habit: Habit, text: str) -> str:
    if habit.is_rich and len(text) > 1:
        first, second = escape(text[:1]), escape(text[1:])
        bold = "<r><rPr><b/></rPr>"
        phonetic = '<rPh sb="0" eb="1"><t>x</t></rPh>'
        rest = f'<r><t xml:space="preserve">{second}</t></r>'
        return f'<si>{bold}<t xml:space="preserve">{first}</t></r>{rest}{phonetic}</si>'
    return f'<si><t xml:space="preserve">{escape(text)}</t></si>' if text else "<si><t/></si>"


def _prefixed(xml: str, prefix: str) -> str:
    named = xml.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
    return named.replace("xmlns=", f"xmlns:{prefix[:-1]}=")


def _packed(habit: Habit, sheet: str, shared: str) -> bytes:
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{escape(habit.general if code == "General" else code)}"/>'
        for at, code in enumerate(FORMATS)
    )
    xfs = "".join(
        f'<xf numFmtId="{164 + at}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for at in range(len(FORMATS))
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{KINDS}"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{name}" ContentType="{SPREADSHEET}.{kind}+xml"/>'
            for name, kind in (
                ("workbook.xml", "sheet.main"), ("worksheets/sheet1.xml", "worksheet"), ("styles.xml", "styles"),
                (habit.shared_part, "sharedStrings"),
            )
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/styles" Target="/xl/styles.xml"/>'
        f'<Relationship Id="r3" Type="{OFFICE}/sharedStrings" Target="{habit.shared_part}"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><fonts><font/></fonts>'
        "<fills><fill><patternFill/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
        f"<cellXfs>{xfs}</cellXfs>"
        '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
        f"xl/{habit.shared_part}": shared,
    }  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


CELLS: dict[Value, tuple[Cell, ...]] = {
    Value.TEXT: (
        BLANK, Cell("Чай <зелёный> & «ко»"), Cell(" с краю "), Cell("two\nlines"), Cell("=1+1"), Cell(digits="12.5"),
        Cell(digits="7"), Cell("calculated", formula=True), Cell("", formula=True), Cell("\u200b"),
    ),
    Value.CODE: (
        BLANK, Cell("007"), Cell("ФР-00000017"), Cell(digits="17", style=SEVEN),
        Cell(digits="46001234567", style=THIRTEEN),
        Cell(digits="4607081234567"), Cell(digits="4.607081234567E12"), Cell(digits="4607081234567", style=MONEY),
    ),
    Value.INTEGER: (
        BLANK, Cell(digits="12"), Cell(digits="12.0"), Cell(digits="12", style=GROUPED),
    ),
    Value.DECIMAL: (
        BLANK, Cell(digits="5"), Cell(digits="0.5"), Cell(digits="1.5", style=MONEY), Cell(digits="12", style=GROUPED),
        Cell("0,5"), Cell(digits="2", formula=True),
    ),
    Value.PERCENT: (
        BLANK, Cell(digits="12"), Cell(digits="0.15", style=PERCENT), Cell(digits="0.125", style=PERCENTS), Cell("15%"),
        Cell(digits="0.07", style=PERCENT, formula=True),
    ),
    Value.BOOLEAN: (BLANK, Cell(digits="1", kind="b"), Cell(digits="0", kind="b"), Cell("да"), Cell(digits="1")),
    Value.DAY: (
        BLANK, Cell(digits="46022", style=DATE), Cell(digits="46022.5", style=LONG_DATE), Cell("2025-12-31"),
        Cell("31.12.2025"),
        Cell(digits="2025-12-31", kind="d"),
    ),
}  # fmt: skip


ODD: dict[Value, tuple[Cell, ...]] = {
    Value.CODE: (Cell("4,60708E+12"), Cell(digits="43831", style=DATE)),
    Value.TEXT: (Cell(digits="43831", style=DATE),),
    Value.INTEGER: (Cell(digits="43831", style=DATE),),
    Value.DECIMAL: (Cell(digits="43831", style=DATE), Cell(digits="0.15", style=PERCENT)),
}
"""Cells whose values are not known."""

NARROW = frozenset({"currency", "rating"})
"""Columns that do not take each of these."""


def some_rows(dice: random.Random, count: int) -> list[list[Cell]]:
    """Rows of cells that people and programs fill; each has a code of its own."""
    rows = []
    for number in range(count):
        cells = [
            BLANK if column.name in NARROW else dice.choice(CELLS[column.value])
            for column in NOMENKLATURA.sheet.columns
        ]
        if dice.random() < 0.25:
            place = dice.randrange(1, len(cells))
            cells[place] = dice.choice(ODD.get(NOMENKLATURA.sheet.columns[place].value, (BLANK,)))
        codes = (Cell(f"N-{number}"), Cell(digits=str(number + 1), style=SEVEN), Cell(digits=str(10**11 + number)))
        rows.append([dice.choice(codes), *cells[1:]])
    return rows
