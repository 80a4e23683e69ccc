"""What is counted is what stands there."""

import ast

import pytest

from tests.counts import fields, persistence, sizes, walks
from tests.counts.files import File, code


def test_rules_that_a_comment_passes_over_are_counted_and_texts_about_them_are_not() -> None:
    text = 'a = 1  # noqa: S608, E501 - reasons\nb = "# noqa: S101"\nc = 2  # noqa:F401\n'
    assert list(sizes.passed_over(text)) == [["S608", "E501"], ["F401"]]


def test_function_has_its_lines() -> None:
    tree = ast.parse("def one():\n    pass\n\n\nasync def two():\n    a = 1\n    return a\n")
    assert [(node.name, lines) for node, lines in sizes.functions_of(tree)] == [("one", 2), ("two", 3)]


@pytest.mark.parametrize(
    ("line", "called"),
    [
        ("self._database.session()", ["database.session()"]),
        ("_database(request).read()", ["database.read()"]),
        ("connection.transaction()", ["connection.transaction()"]),
        ("file.read()", []),
        ("driver_connection(session)", ["driver_connection()"]),
        ("transaction_of(session)", ["driver_connection()"]),
        ("text('select 1')", ["sqlalchemy.text() of statements"]),
        ("class Row(Base, table=True):\n    index = text('a')", ["sqlalchemy.text() of tables"]),
    ],
)
def test_call_that_reaches_a_database_is_counted(line: str, called: list[str]) -> None:
    assert list(persistence.calls(ast.parse(f"from sqlalchemy import text\n{line}"))) == called


def test_text_that_is_composed_of_several_is_read_as_one() -> None:
    tree = ast.parse('sql = f"insert into {table} ({columns})" " values"')
    assert list(persistence.texts(tree)) == ["insert into {} ({}) values"]


def test_field_is_declared_by_annotations_and_columns_and_named_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        'class A:\n    brand: str\n\nColumn("brand", text(1))\n_columns(TEXT, "brand model")\nb = ("brand", "a brand.")'
    )
    file = File("a.py")
    monkeypatch.setitem(file.__dict__, "text", text)
    assert len(fields.places(file, is_declaration=True)) == 3
    assert len(fields.places(file, is_declaration=False)) == 1


def test_return_is_a_file_that_was_left() -> None:
    assert walks.returns(["routes", "store", "rows", "store", "rows"]) == 2
    assert walks.returns(["routes", "service", "statements"]) == 0


def test_every_part_has_code_and_no_test_is_code() -> None:
    assert {file.part for file in code()} == {
        "shared", "auth", "catalog", "integration", "media", "location", "gateway", "deploy",
    }  # fmt: skip
    assert not [file.name for file in code() if "test_" in file.name]
