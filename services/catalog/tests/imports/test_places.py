"""Cells and rows stand where the file says, in every notation that spreadsheet programs open."""

import pytest

from .books import Found, header_row, package, read, sheet, text_cells

HEADER = header_row("project")
SECOND = f'<row r="2">{text_cells(["P", "x"])}</row>'


def told(rows: str, header: str = HEADER) -> Found:
    return read("project", package(sheet(header + rows)))


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="str"><v>{text}</v></c>' if place else f'<c t="str"><v>{text}</v></c>'


@pytest.mark.parametrize("comment", ["", "<!-- left to openpyxl -->"])
@pytest.mark.parametrize(
    ("head", "places"),
    [
        (' r="5"', ("A5", "B5")), (' r="5"', ("a5", "b5")), (' r="5"', ("", "")), (' r="5"', ("A5", "")),
        ("", ("A5", "B5")),
        ("", ("a5", "b5")), (' spans="1:2" r="5"', ("A5", "B5")), (' r="05"', ("A5", "B5")), (' r="5"', ("A05", "B5")),
    ],
)  # fmt: skip
def test_a_row_stands_where_it_or_its_cells_say(head: str, places: tuple[str, str], comment: str) -> None:
    found = told(f"<row{head}>{cell(places[0], 'P')}{comment}{cell(places[1], 'x')}</row>")
    assert found.rows == {5: {"code_1c": "P", "name": "x"}}


@pytest.mark.parametrize("comment", ["", "<!-- left to openpyxl -->"])
def test_rows_and_cells_without_places_follow_each_other(comment: str) -> None:
    found = told(
        f"<row>{text_cells(['A'])}</row><row r='7'>{text_cells(['B'])}{comment}</row><row>{text_cells(['C'])}</row>"
    )
    assert [(number, row["code_1c"]) for number, row in found.rows.items()] == [(2, "A"), (7, "B"), (8, "C")]


@pytest.mark.parametrize("comment", ["", "<!-- left to openpyxl -->"])
def test_a_row_in_pieces_is_one(comment: str) -> None:
    pieces = f'<row r="2">{cell("A2", "P")}</row>{comment}<row r="2"/><row r="2">{cell("B2", "x")}</row><row r="3"/>'
    assert told(pieces).rows == {2: {"code_1c": "P", "name": "x"}}
    header = "".join(f"<row r='1'><c r='{letter}1' t='str'><v>{name}</v></c></row>" for letter, name in zip(
        "ABCDE", ("code_1c", "name", "title", "description", "is_active"), strict=True))  # fmt: skip
    assert told(SECOND, header).rows == {2: {"code_1c": "P", "name": "x"}}


def test_cells_of_a_row_may_stand_in_any_order() -> None:
    assert told(f'<row r="2">{cell("B2", "x")}{cell("A2", "P")}</row>').rows == {2: {"code_1c": "P", "name": "x"}}


def test_rows_out_of_order_keep_their_numbers_and_the_lowest_counts() -> None:
    found = told(
        f'<row r="9">{cell("A9", "P")}</row><row r="4">{cell("A4", "Q")}</row><row r="6">{cell("A6", "P")}</row>'
    )
    assert {number: row["code_1c"] for number, row in found.rows.items()} == {9: "P", 4: "Q", 6: "P"}
    assert found.later == {6: 9}


@pytest.mark.parametrize("comment", ["", "<!-- left to openpyxl -->"])
@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (f'<row r="2">{cell("A2", "P")}{cell("A2", "Q")}</row>', "holds a cell twice"),
        (f'<row r="2">{cell("A2", "P")}</row><row r="2">{cell("A2", "Q")}</row>', "holds a cell twice"),
        (f'<row r="2">{cell("A2", "P")}</row><row r="3">{cell("A3", "Q")}</row><row r="2">{cell("B2", "x")}</row>',
         "two places"),
        (f'<row r="2">{cell("A3", "P")}</row>', "belongs to another"),
        (f'<row r="2">{cell("R2C1", "P")}</row>', "no place"),
        (f'<row r="2">{cell("7", "P")}</row>', "no place"), (f'<row r="0">{cell("A0", "P")}</row>', "between 1 and"),
    ],
)  # fmt: skip
def test_places_that_contradict_each_other_are_refused(rows: str, says: str, comment: str) -> None:
    refusal = told(comment + rows).refusal
    assert refusal is not None
    assert refusal.status == 400
    assert says in str(refusal.body)


@pytest.mark.parametrize("comment", ["", "<!-- left to openpyxl -->"])
def test_only_cells_that_hold_something_count(comment: str) -> None:
    blanks = '<c s="1"/>' * 16_382
    assert told(f'<row r="2">{cell("A2", "P")}{comment}{cell("B2", "x")}{blanks}</row>').rows[2]["name"] == "x"
    refusal = told(f'<row r="2">{comment}{"<c><v>1</v></c>" * 1001}</row>').refusal
    assert refusal is not None
    assert refusal.status == 413
