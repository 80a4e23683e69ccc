"""What a mapping that is not the preset makes of an answer."""

import json
from typing import Any

import orjson
import pytest
from integration.connectors.soap import Cause
from integration.connectors.soap.mapping import RowMapper
from integration.mappings.model import StreamMapping
from integration.mappings.rows import RejectedRow, SkippedRow, SourceRow

from .reading import Reading, answer, lists_of, read, returned, row, rows

FIELDS: dict[str, Any] = {"code_1c": {"from": "Num"}, "name": {"from": "Title"}}


def mapping(more: dict[str, Any] | None = None, **stream: Any) -> StreamMapping:
    return StreamMapping.model_validate({"fields": FIELDS | (more or {})} | stream)


def mapper(more: dict[str, Any] | None = None, **stream: Any) -> RowMapper:
    return RowMapper(mapping(more, **stream), "nomenklatura")


def clean(one: RowMapper, **fields: str) -> Any:
    """The columns of the row of these fields, or what became of it instead."""
    made = one.clean([("{ns}num", "1"), ("TIT_LE", "Чай"), *fields.items()])
    return orjson.loads(made.payload) if isinstance(made, SourceRow) else made


TEA = {"code_1c": "1", "name": "Чай"}


def test_only_the_names_of_the_mapping_fill_columns() -> None:
    one = mapper()
    assert clean(one, Code="2", Name="Кофе", Brand="x") == TEA
    assert one.unmapped == {"Code": 1, "Name": 1, "Brand": 1}


def test_first_field_of_the_row_counts() -> None:
    one = mapper({"brand": {"from": ["Марка", "Бренд"]}})
    assert clean(one, Бренд="B", Марка="A")["brand"] == "B"
    assert one.repeated == {"Марка": 1}


def test_text_goes_through_the_steps() -> None:
    one = mapper(
        {"barcode": {"from": "Bar", "do": ["digits"]}, "weight": {"from": "Gram", "do": [{"multiply": "0.001"}]}}
    )
    assert clean(one, Bar="№ 4607", Gram="1 500") == TEA | {"barcode": "4607", "weight": "1.500"}
    assert clean(one, Bar="нет") == TEA
    assert clean(one, Gram="много") == RejectedRow("1", 'Gram "много" is not a number')


def test_second_field_is_compared_after_the_steps() -> None:
    one = mapper({"barcode": {"from": ["A", "B"], "do": ["digits"]}})
    assert clean(one, A="№ 46", B="46")["barcode"] == "46"
    assert one.repeated == {}
    assert clean(one, A="46", B="нет")["barcode"] == "46"
    assert one.repeated == {"B": 1}


def test_row_of_which_the_steps_leave_no_code_has_none() -> None:
    one = mapper({"code_1c": {"from": "Num", "do": ["digits"]}})
    assert one.clean([("Num", "нет"), ("Title", "Чай")]) == RejectedRow(None, 'Code is missing (the name is "Чай")')


def test_default_is_written_where_nothing_came() -> None:
    one = mapper({"currency": {"do": [{"default": "UZS"}]}, "brand": {"from": "Бренд", "do": [{"default": "нет"}]}})
    assert clean(one) == TEA | {"currency": "UZS", "brand": "нет"}
    assert clean(one, Бренд="Космос")["brand"] == "Космос"


def test_name_may_have_a_default() -> None:
    one = mapper({"name": {"from": "Title", "do": [{"default": "Без имени"}]}})
    made = one.clean([("Num", "1")])
    assert isinstance(made, SourceRow)
    assert orjson.loads(made.payload) == {"code_1c": "1", "name": "Без имени"}


def test_row_with_a_value_that_is_left_out_is_skipped_and_counted() -> None:
    one = mapper(skip={"Item_Type": ["Услуга"]})
    assert clean(one, ItemType=" Услуга ") == SkippedRow("Item_Type: Услуга")
    assert clean(one, ItemType="Товар") == TEA
    assert (one.skipped, one.rows, one.rejected, one.unmapped) == ({"Item_Type: Услуга": 1}, 1, 0, {})
    refused = one.refused([("ItemType", "Услуга")], "too wide")
    assert refused == RejectedRow(None, "too wide")


def test_fields_are_left_out_without_a_word() -> None:
    one = mapper(ignore=["Sort_Order"])
    clean(one, sortorder="1", Other="1")
    assert one.unmapped == {"Other": 1}


def test_external_key_is_no_column() -> None:
    one = mapper({"external_key": {"from": "Ref"}})
    made = one.clean([("Num", "1"), ("Title", "Чай"), ("Ref", "AB-C")])
    assert isinstance(made, SourceRow)
    assert (made.key, orjson.loads(made.payload)) == ("ab-c", TEA)
    without = one.clean([("Num", "1"), ("Title", "Чай")])
    assert isinstance(without, SourceRow)
    assert without.key is None
    assert clean(one, Ref="x" * 256) == RejectedRow("1", "Ref is 256 characters long, at most 255 fit")


def test_parts_of_the_metadata_travel_apart() -> None:
    one = mapper({"metadata.1c.ikpu": {"from": "ИКПУ"}})
    assert clean(one, ИКПУ="019") == TEA | {"metadata_1c": {"ikpu": "019"}}


@pytest.mark.parametrize("steps", [[], ["trim"]])
def test_columns_of_lists_and_long_texts_hold_what_looks_like_json(steps: list[str]) -> None:
    fields = {column: {"from": column, "do": steps} for column in ("tags", "metadata", "description", "brand")}
    made = clean(mapper(fields), tags='["a"]', metadata='{"a":1}', description='{"a":1}', brand='{"Name":"Космос"}')
    assert made == TEA | {"tags": ["a"], "metadata": {"a": 1}, "description": '{"a":1}', "brand": "Космос"}


OTHERS = rows("PriceType", "1", "2") + rows("Good", "3", Article="x")
BY_NAME: dict[str, Any] = {"code_1c": {"from": "Code"}, "name": {"from": "Name"}, "article_code": {"from": "Article"}}


def named(place: str | None) -> StreamMapping:
    return mapping(BY_NAME, rows=place)


@pytest.mark.parametrize(
    ("place", "codes"),
    [
        ("PriceType", ["1", "2"]),
        ("pricetype", ["1", "2"]),
        ("return/PriceType", ["1", "2"]),
        ("GetProductListResponse/return/Good", ["3"]),
        (None, ["3"]),
    ],
)
@pytest.mark.parametrize("piece", [50, 10**6])
def test_mapping_names_the_rows(place: str | None, codes: list[str], piece: int) -> None:
    assert read(returned(OTHERS), mapping=named(place), piece=piece).codes == codes


def test_rows_that_are_named_need_not_look_like_rows() -> None:
    found = read(returned("<m:Good><m:Code>1</m:Code></m:Good>" + row("Good", "2")), mapping=named("Good"))
    assert (found.codes, [wrong.reason for wrong in found.rejected]) == (["2"], ["Name is missing"])


def in_json(document: Any) -> Reading:
    return read(answer(f"<m:return>{json.dumps(document)}</m:return>"), mapping=named("return/types"))


def test_mapping_names_a_list_of_json() -> None:
    types = [{"Code": "1", "Name": "x"}]
    assert in_json({"types": types, "goods": [{"Code": "2", "Name": "y", "Article": "a"}]}).codes == ["1"]


def test_rows_that_are_named_and_missing_are_an_error_that_names_what_came() -> None:
    with pytest.raises(Exception, match="holds no rows") as failed:
        read(returned(OTHERS), mapping=named("Товар"))
    assert failed.value.args == (
        'The answer holds no rows "Товар", which the mapping names; it holds: return/PriceType (2 rows);'
        " return/Good (1 rows)",
    )
    assert failed.value.cause is Cause.UNEXPECTED  # type: ignore[attr-defined]  # a SourceError


def test_named_list_may_be_empty() -> None:
    assert read(returned(rows("PriceType", "1") + "<m:Goods/>"), mapping=named("Good")).codes == []
    assert read(returned("<m:Goods/>"), mapping=named("Good")).codes == []


def test_what_a_mapping_leaves_out_is_told() -> None:
    kept = mapping(BY_NAME, skip={"Kind": ["Услуга"]})
    found = read(
        returned(rows("Good", "1", "2", Kind="Услуга") + rows("Good", "3", Kind="Товар", Сорт="1")), mapping=kept
    )
    assert found.codes == ["3"]
    assert found.outcome.warnings == [
        "1 field is not mapped: Сорт (1 row)",
        "2 rows are left out by the mapping: Kind: Услуга (2 rows)",
    ]
    assert [(field.name, field.sample, field.filled) for field in found.outcome.fields] == [("Сорт", "1", 1)]


def test_fields_of_lists_that_do_not_count_are_not_told() -> None:
    assert read(returned(rows("PriceType", "1", Вид="x") + rows("Good", "2", Article="a"))).outcome.fields == []
    assert lists_of().all == []
