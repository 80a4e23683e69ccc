"""Values that are no plain values, and fields that no column takes."""

import json

import orjson
import pytest

from .reading import answer, read, refused, returned, row


def stored(fields: object) -> dict[str, object]:
    """The columns of the only row of a JSON list."""
    found = read(answer(f"<m:return><![CDATA[{json.dumps([fields])}]]></m:return>"))
    assert found.rejected == []
    return dict(orjson.loads(found.stored[0].payload))


BASE = {"Code": "1", "Name": "x", "Article": "a"}


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"Code": "B7", "Name": "Космос"}, "Космос"),
        ({"Код": "B7", "Наименование": "Космос"}, "Космос"),
        ({"Ref_Key": "1-2", "Представление": "Космос"}, "Космос"),
        ({"Value": "Космос"}, "Космос"),
        ({"whatever": "Космос"}, "Космос"),
        ({"ref": {"Name": "Космос"}}, "Космос"),
        (["Космос"], "Космос"),
        ([{"Name": "Космос"}], "Космос"),
        ([], None),
        ({}, None),
        ([None, ""], None),
        (["Космос", "Марс"], None),
        ([{"Name": "Космос"}, {"Name": "Марс"}], None),
        ({"a": "1", "b": "2"}, None),
        ([[["Космос"], []]], "Космос"),
    ],
)
def test_object_or_list_is_read_for_what_it_means(value: object, meant: str | None) -> None:
    assert stored({**BASE, "Brand": value}).get("brand") == meant


def test_notation_is_never_stored_and_what_was_left_out_is_reported() -> None:
    fields = {**BASE, "Brand": {"a": "1", "b": "2"}, "Barcode": ["1", "2"], "Unit": [{"a": 1}, {"b": 2}]}
    found = read(answer(f"<m:return>{json.dumps([fields])}</m:return>"))
    assert orjson.loads(found.stored[0].payload) == {"code_1c": "1", "name": "x", "article_code": "a"}
    assert found.outcome.warnings == [
        "3 fields hold lists or objects that are not read: Brand (1 row), Barcode (1 row), Unit (1 row)"
    ]


def test_code_that_is_no_plain_value_is_an_error_of_its_row() -> None:
    found = read(answer(f"<m:return>{json.dumps([{**BASE, 'Code': ['1', '2']}, BASE])}</m:return>"))
    assert (found.codes, [problem.code for problem in found.rejected]) == (["1"], [None])


WHOLE = ["9007199254740993", "18446744073709551616", "46070812345670000000000001", "00123", "1" * 90]


@pytest.mark.parametrize("digits", WHOLE)
def test_whole_numbers_keep_all_their_digits(digits: str) -> None:
    bare = digits.lstrip("0")
    found = read(answer(f'<m:return>[{{"Code": {bare}, "Name": "x", "Barcode": {bare}}}]</m:return>'))
    assert (found.codes, found.column("barcode")) == ([bare], [bare])
    inside = read(returned(row("ProductItem", digits, Shtrix=digits)))
    assert (inside.codes, inside.column("barcode")) == ([digits], [digits])


@pytest.mark.parametrize(
    ("number", "price"),
    [("12000.5", "12000.5"), ("1e3", "1000"), ("-5", "-5.00"), ("1234567890123.45", "1234567890123.45")],
)
def test_numbers_of_json_are_read(number: str, price: str) -> None:
    found = read(answer(f'<m:return>[{{"Code": "1", "Name": "x", "BasePrice": {number}}}]</m:return>'))
    assert found.column("base_price") == [price]


@pytest.mark.parametrize(
    "broken", ['[{"Code": NaN}]', "[" * 100_000, '{"a": ' * 50_000, '[{"Code": 1]', "[1e999999999]"]
)
def test_json_that_is_none_or_hostile_is_refused(broken: str) -> None:
    with pytest.raises(Exception, match=r"JSON inside the answer|no rows but|no list of rows"):
        read(answer(f"<m:return>{broken}</m:return>"))


def test_columns_of_lists_and_objects_hold_them_whole() -> None:
    row = stored({**BASE, "Tags": ["a", {"b": 1}], "Metadata": {"a": [1, {"b": 12345678901234567890}]}})
    assert row["tags"] == ["a", {"b": 1}]
    assert row["metadata"] == {"a": [1, {"b": "12345678901234567890"}]}


@pytest.mark.parametrize(
    ("inside", "brand"),
    [
        ("<m:Code>B7</m:Code><m:Name>Космос</m:Name>", "Космос"),
        ("<m:Presentation>Космос</m:Presentation>", "Космос"),
        ("<m:Ref><m:Наименование>Космос</m:Наименование></m:Ref>", "Космос"),
        ("<m:Item>Космос</m:Item>", "Космос"),
        ("<m:Item>Космос</m:Item><m:Item>Марс</m:Item>", None),
        ("<m:a>1</m:a><m:b>2</m:b>", None),
        ("Кос<b>мос</b>", "Космос"),
        ("<m:a/><m:b/>", None),
    ],
)
@pytest.mark.parametrize("name", ["ProductItem", "Good"])
def test_element_with_children_is_read_for_what_it_means(name: str, inside: str, brand: str | None) -> None:
    found = read(returned(row(name, "1", Article="a", Brand=inside)), piece=30)
    assert (found.codes, found.rejected, found.column("brand")) == (["1"], [], [brand])


def test_lists_of_elements_fill_columns_of_lists() -> None:
    tags = "<m:Tag>a</m:Tag><m:Tag>b</m:Tag>"
    assert read(returned(row("ProductItem", "1", Tags=tags))).column("tags") == [["a", "b"]]


ATTRIBUTES = {
    "of rows": "<m:ProductItem Code='A-1' Name='Чай' BasePrice='12'/>",
    "of rows of any name": "<m:Good Code='A-1' Name='Чай' BasePrice='12' Article='a'/>",
    "with a namespace": "<m:ProductItem m:Code='A-1' m:Name='Чай' m:BasePrice='12'/>",
    "of some fields": "<m:ProductItem Code='A-1'><m:Name>Чай</m:Name><m:BasePrice>12</m:BasePrice></m:ProductItem>",
    "of fields": "<m:ProductItem><m:Code Value='A-1'/><m:Name v='Чай'/><m:BasePrice value='12'/></m:ProductItem>",
}


@pytest.mark.parametrize("item", ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
@pytest.mark.parametrize("piece", [20, 10**6])
def test_values_in_attributes_are_read(item: str, piece: int) -> None:
    found = read(returned(item * 2), piece=piece)
    assert (found.codes, found.rejected, found.column("base_price")) == (["A-1"] * 2, [], ["12"] * 2)


def test_attribute_beside_a_text_is_reported_and_types_are_not() -> None:
    field = "<m:BasePrice xsi:type='xs:decimal' currency='UZS'>12</m:BasePrice>"
    found = read(returned(f"<m:ProductItem xsi:type='m:P'><m:Code>1</m:Code><m:Name>x</m:Name>{field}</m:ProductItem>"))
    assert found.column("base_price") == ["12"]
    assert found.outcome.warnings == ["1 field is not mapped: BasePrice@currency (1 row)"]


def test_fields_that_no_column_takes_are_reported_the_most_frequent_first() -> None:
    items = row("ProductItem", "1", ИКПУ="7", Sort="1") + row(
        "ProductItem", "2", ИКПУ="8", Вид="<m:a>1</m:a>", Empty=""
    )
    assert read(returned(items)).outcome.warnings == [
        "3 fields are not mapped: ИКПУ (2 rows), Sort (1 row), Вид (1 row)"
    ]


def test_fields_without_end_are_reported_briefly() -> None:
    items = "".join(row("ProductItem", str(number), **{f"f{number}": "1"}) for number in range(3000))
    warning = read(returned(items)).outcome.warnings[0]
    assert warning.startswith("1001 fields are not mapped: others (2000 rows)")
    assert len(warning) < 1000


def test_column_that_is_named_twice_is_reported() -> None:
    item = row("ProductItem", "1", Shtrix="1").replace("</m:ProductItem>", "<m:Barcode>2</m:Barcode></m:ProductItem>")
    found = read(returned(item))
    assert found.column("barcode") == ["1"]
    assert found.outcome.warnings == ["1 field repeats a column, whose first value counts: Barcode (1 row)"]


def test_invisible_signs_are_no_part_of_a_code() -> None:
    found = read(
        returned(row("ProductItem", "Z-1") + row("ProductItem", "\u200bZ-1\u00ad") + row("ProductItem", "\ufeff"))
    )
    assert (found.codes, [problem.reason for problem in found.rejected]) == (
        ["Z-1", "Z-1"],
        ['Code is missing (the name is "Чай")'],
    )


@pytest.mark.parametrize("number", ["4607081234567.0", "4.607081234567e12", "4607081234567.000000000000000000"])
def test_notation_of_a_number_is_no_part_of_a_code(number: str) -> None:
    found = read(answer(f'<m:return>[{{"Code": {number}, "Name": "x", "Metadata": {{"a": 2.0}}}}]</m:return>'))
    assert found.codes == ["4607081234567"]
    assert found.column("metadata") == [{"a": 2.0}]


@pytest.mark.parametrize("number", ["1e99999999", "-1e99999999"])
def test_number_beyond_all_numbers_is_refused(number: str) -> None:
    refused(answer(f'<m:return>[{{"Code": "1", "Name": "x", "Barcode": {number}}}]</m:return>'))


@pytest.mark.parametrize(
    ("text", "brand"),
    [
        ('{"Code": "B7", "Name": "Космос"}', "Космос"),
        ('["Космос"]', "Космос"),
        ('{"a": 1, "b": 2}', None),
        ("anyType{Name=Космос; }", None),
        ("[object Object]", None),
        ("[АКЦИЯ]", "[АКЦИЯ]"),
        ("[12]", "[12]"),
        ("Чай {зелёный}", "Чай {зелёный}"),
    ],
)
def test_notation_in_a_text_is_read_for_what_it_means(text: str, brand: str | None) -> None:
    found = read(returned(row("ProductItem", "1", Brand=text, Description=text)))
    assert found.column("brand") == [brand]
    assert found.column("description") == [text]
    assert bool(found.outcome.warnings) is (brand is None)


def test_line_breaks_inside_texts_of_json_are_read() -> None:
    assert read(answer('<m:return>[{"Code": "1", "Name": "a\n\tb"}]</m:return>')).column("name") == ["a\n\tb"]


@pytest.mark.parametrize("shown", ["#N/A", "#Н/Д", "#ССЫЛКА!", "#DIV/0!", "#NAME?", "#####", "4,60708E+12"])
def test_error_of_a_spreadsheet_is_no_code(shown: str) -> None:
    (rejected,) = read(returned(row("ProductItem", "1", Barcode=shown))).rejected
    assert "what a spreadsheet has left" in rejected.reason
    assert read(returned(row("ProductItem", "1", Article="#5"))).column("article_code") == ["#5"]
