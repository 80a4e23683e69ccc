"""The patterns that take plain rows apart see what openpyxl's parser sees."""

import io
from collections.abc import Iterator
from typing import Any

from catalog.imports.reader.any_form import parsed_rows
from catalog.imports.reader.limits import FileRejected
from catalog.imports.reader.places import SheetRow
from catalog.imports.reader.sheet import Unusual, plain_rows
from catalog.imports.reader.styles import DATED
from hypothesis import example, given, settings
from hypothesis import strategies as st

from .books import sheet

TYPES = ["", "", "n", "s", "str", "b", "e", "d", "inlineStr"]
VALUES = st.sampled_from(
    ["", "5", "46143", "0.15", "Чай &amp; кофе", '6"', ' r="5" ', "_x0041_", "&#1081;", "a>b", "a\r\nb"]
)


COLUMNS = st.sampled_from(["A", "B", "c", "AB", "XFD", ""])
STYLES = st.sampled_from(["", "{n}", "{n}", "{end}", "1{n}", "1{end}", "0", "1", "66"])
"""Of cells in row n: many have digits in common with it."""

ROWS = st.sampled_from([' r="{n}"'] * 3 + [' r="{n}" spans="1:{n}" s="{n}"', ' r="0{n}"', ""])


@st.composite
def cells(draw: st.DrawFn) -> str:
    """A cell of any row."""
    column, style, kind = draw(COLUMNS), draw(STYLES), draw(st.sampled_from(TYPES))
    of_another = draw(st.integers(0, 19)) == 0
    head = "<c" + (f' r="{column}{{n}}{"0" if of_another else ""}"' if column else "")
    head += (f' s="{style}"' if style else "") + (f' t="{kind}"' if kind else "")
    if draw(st.integers(0, 5)) == 0:
        return f"{head}/>"
    return f"{head}><is><t>{{v}}</t></is></c>" if kind == "inlineStr" else f"{head}><v>{{v}}</v></c>"


@st.composite
def rows_and_kinds(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """Rows, most of one form, and styles that show dates or percents."""
    forms = draw(st.lists(st.tuples(ROWS, st.lists(cells(), max_size=4)), min_size=1, max_size=2))
    numbers = draw(st.lists(st.integers(1, 130) | st.integers(99_990, 100_010), min_size=2, max_size=8))
    rows = ""
    for number in numbers:
        head, row = draw(st.sampled_from(forms))
        form = f"<row{head}>{''.join(row)}</row>"
        rows += form.replace("{n}", str(number)).replace("{end}", str(number)[-1]).replace("{v}", draw(VALUES))
    styles = {style for number in numbers for style in (str(number), str(number)[-1], f"1{number}")}
    kinds = st.dictionaries(st.sampled_from(sorted(styles)), st.sampled_from([DATED, "=0%"]), min_size=1, max_size=6)
    return rows, draw(kinds)


@settings(max_examples=150, deadline=None)
@given(rows_and_kinds())
@example(('<row r="5"><c r="A5" s="5"><v>5</v></c><c r="C5" s="6"><v>0.15</v></c></row>', {"5": DATED, "6": "=0%"}))
@example(('<row><c t="s"><v>5</v></c><c t="b"><v>1</v></c><c t="inlineStr"><is><t>a_x0041_</t></is></c></row>', {}))
def test_plain_rows_are_what_openpyxl_makes_of_them(made: tuple[str, dict[str, str]]) -> None:
    xml, kinds = sheet(made[0]).encode(), made[1]
    plain, parsed = _told(plain_rows(io.BytesIO(xml), kinds)), _told(parsed_rows(io.BytesIO(xml), kinds))
    if plain[-1] is Unusual:  # the rest is left to openpyxl
        plain.pop()
        parsed = parsed[: len(plain)] if parsed[-1] is None else plain
    assert plain == parsed


def _told(rows: Iterator[SheetRow]) -> list[Any]:
    """The rows; of a sheet that is refused only why, for none of its rows counts then."""
    found: list[Any] = []
    try:
        found.extend(iter(rows))
    except Unusual:
        return [*found, Unusual]
    except FileRejected as refused:
        return [refused.message]
    return [*found, None]


def test_rows_of_all_numbers_and_styles_take_the_short_way() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="{n % 120}"><v>{n}</v></c></row>' for n in range(1, 2000))
    kinds = {str(style): DATED for style in range(0, 120, 7)}
    found = list(plain_rows(io.BytesIO(sheet(rows).encode()), kinds))
    assert [row.shape[0][1] for row in found] == [DATED if n % 120 % 7 == 0 else "" for n in range(1, 2000)]
