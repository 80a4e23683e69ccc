"""Records become rows."""

from typing import Any

import orjson
import pytest
from integration.connectors.source import Record, Value
from integration.mappings.making import MAX_ROW_BYTES
from integration.mappings.mapper import Mapper
from integration.mappings.model import StreamMapping
from integration.mappings.rows import RejectedRow, SkippedRow, SourceRow

FIELDS: dict[str, Any] = {
    "code_1c": {"from": ["Код", "реквизит:Код"], "else": "key"},
    "name": {"from": "Наименование"},
    "brand": {"from": ["Изготовитель", "свойство:Бренд"]},
    "tags": {"from": "свойство:Метка"},
}
TEA: dict[str, Value] = {"Код": "00-1", "Наименование": "Чай"}


def mapper(more: dict[str, Any] | None = None, **stream: Any) -> Mapper:
    mapping = StreamMapping.model_validate({"fields": FIELDS | (more or {})} | stream)
    return Mapper(mapping, "nomenklatura")


def record(fields: dict[str, Value], key: str = "key-1") -> Record:
    return Record(key, fields, {}, deleted=False, place="import.xml: Товар 1")


def row_of(mapper: Mapper, fields: dict[str, Value], key: str = "key-1") -> SourceRow:
    row = mapper.map(record(fields, key))
    assert isinstance(row, SourceRow)
    return row


def columns(mapper: Mapper, fields: dict[str, Value]) -> Any:
    return orjson.loads(row_of(mapper, fields).payload)


def test_row_has_its_code_beside_the_columns_that_came() -> None:
    row = row_of(mapper(), TEA | {"Изготовитель": ""})
    assert (row.code, row.is_stand_in, row.fills, row.key) == ("00-1", False, None, None)
    assert orjson.loads(row.payload) == {"name": "Чай"}


@pytest.mark.parametrize(
    ("fields", "code", "is_stand_in"),
    [
        ({"Код": "1", "реквизит:Код": "2"}, "1", False),
        ({"Код": "", "реквизит:Код": "2"}, "2", False),
        ({"Код": "NULL"}, "key-1", True),
        ({}, "key-1", True),
    ],
)
def test_code_is_that_of_the_record_else_its_key(fields: dict[str, Value], code: str, is_stand_in: bool) -> None:
    row = row_of(mapper(), fields)
    assert (row.code, row.is_stand_in) == (code, is_stand_in)


def test_stand_in_is_the_key_whatever_steps_a_code_goes_through() -> None:
    of_upper = mapper({"code_1c": {"from": "Код", "do": ["upper"], "else": "key"}})
    assert (row_of(of_upper, {}).code, row_of(of_upper, {"Код": "a"}).code) == ("key-1", "A")


def test_first_field_of_the_mapping_that_holds_something_fills_the_column() -> None:
    both: dict[str, Value] = {"свойство:Бренд": "B", "Изготовитель": "A"}
    assert columns(mapper(), both)["brand"] == "A"
    assert columns(mapper(), both | {"Изготовитель": "anyType{}"})["brand"] == "B"


def test_names_are_compared_letter_by_letter() -> None:
    one = mapper()
    assert columns(one, TEA | {"изготовитель": "A"}) == {"name": "Чай"}
    assert one.unmapped == {"изготовитель": 1}


def test_field_may_fill_two_columns() -> None:
    assert columns(mapper({"title": {"from": "Наименование"}}), TEA) == {"name": "Чай", "title": "Чай"}


def test_first_of_several_values_counts_and_others_are_told() -> None:
    one = mapper()
    assert columns(one, TEA | {"Изготовитель": ["", "A", "B"]})["brand"] == "A"
    assert columns(one, TEA | {"Изготовитель": ["A", "A"]})["brand"] == "A"
    assert one.repeated == {"Изготовитель": 1}


def test_column_of_a_list_takes_all_values() -> None:
    one = mapper()
    assert columns(one, TEA | {"свойство:Метка": ["a", "", "b"]})["tags"] == ["a", "b"]
    assert columns(one, TEA | {"свойство:Метка": "a, b"})["tags"] == ["a", "b"]
    assert one.repeated == {}


def test_what_stands_behind_else_only_fills() -> None:
    one = mapper({"title": {"from": "Полное", "else": ["Наименование"]}, "sku": {"else": "key"}})
    row = row_of(one, TEA)
    assert orjson.loads(row.payload) == {"name": "Чай"}
    assert orjson.loads(row.fills or b"") == {"title": "Чай", "sku": "key-1"}
    assert orjson.loads(row_of(one, TEA | {"Полное": "Чай чёрный"}).payload)["title"] == "Чай чёрный"


def test_default_is_written_where_nothing_came() -> None:
    one = mapper(
        {"currency": {"do": [{"default": "UZS"}]}, "unit_of_measure": {"from": "Ед", "do": [{"default": "шт"}]}}
    )
    assert columns(one, TEA) == {"name": "Чай", "currency": "UZS", "unit_of_measure": "шт"}
    assert columns(one, TEA | {"Ед": "кг"})["unit_of_measure"] == "кг"


def test_default_stands_behind_else() -> None:
    one = mapper({"title": {"from": "Полное", "else": "Наименование", "do": [{"default": "нет"}]}})
    row = row_of(one, TEA)
    assert (b"title" in row.payload, orjson.loads(row.fills or b"")) == (False, {"title": "Чай"})
    assert columns(one, {"Код": "1"})["title"] == "нет"


def test_steps_that_leave_nothing_leave_the_column_to_the_next_field() -> None:
    one = mapper({"barcode": {"from": ["a", "b"], "do": ["digits"]}})
    assert columns(one, TEA | {"a": "нет", "b": "№ 46"})["barcode"] == "46"
    assert columns(one, TEA | {"a": "нет"}) == {"name": "Чай"}


def test_empty_date_empties_the_column() -> None:
    one = mapper({"expiry_date": {"from": "Срок", "do": ["date"]}, "production_date": {"from": "Дата"}})
    assert columns(one, TEA | {"Срок": "0001-01-01", "Дата": "0001-01-01"}) == {
        "name": "Чай", "expiry_date": None, "production_date": None,
    }  # fmt: skip


def test_record_without_a_name_is_no_error() -> None:
    row = row_of(mapper(), {})
    assert row.payload == b"{}"


@pytest.mark.parametrize("value", ["Услуга", ["Товар", "Услуга"]])
def test_record_with_a_value_that_is_left_out_is_skipped_and_counted(value: Value) -> None:
    one = mapper(skip={"Тип": ["Услуга", "Работа"]})
    assert one.map(record(TEA | {"Тип": value})) == SkippedRow("Тип: Услуга")
    assert isinstance(one.map(record(TEA | {"Тип": "Товар"})), SourceRow)
    assert (one.skipped, one.rows, one.unmapped) == ({"Тип: Услуга": 1}, 1, {})


def test_fields_that_no_column_takes_are_counted_with_an_example() -> None:
    one = mapper(ignore=["Ид"])
    for ikpu in ("019", "020", "", "NULL"):
        one.map(record(TEA | {"Ид": "1", "ИКПУ": ikpu, "Ед": ["", "шт"]}))
    assert one.unmapped == {"ИКПУ": 2, "Ед": 4}
    assert one.samples == {"ИКПУ": "019", "Ед": "шт"}


@pytest.mark.parametrize(
    ("fields", "key", "code", "reason"),
    [
        (TEA | {"Вес": "тонна"}, "k", "00-1", 'Вес "тонна" is not a number'),
        (TEA | {"Вес": ["тонна"], "Наименование": "я" * 300}, "k", "00-1",
         'Наименование is 300 characters long, at most 255 fit; Вес "тонна" is not a number'),
        ({"Код": "a/b\\"}, "k", "k", 'Код "a/b\\" '),
        ({}, "bulk", "bulk", 'The key "bulk" '),
        ({}, "k" * 300, "k" * 255, "The key is 300 characters long, at most 255 fit"),
    ],
)  # fmt: skip
def test_bad_record_is_rejected_with_its_reasons(fields: dict[str, Value], key: str, code: str, reason: str) -> None:
    one = mapper({"weight": {"from": "Вес"}})
    rejected = one.map(record(fields, key))
    assert isinstance(rejected, RejectedRow)
    assert (rejected.code, rejected.reason[: len(reason)]) == (code, reason)
    assert (one.rows, one.rejected) == (0, 1)


def test_parts_of_the_metadata_travel_apart() -> None:
    one = mapper({"metadata.1c.gost": {"from": "свойство:ГОСТ"}, "metadata.1c.base": {"do": [{"default": "UT"}]}})
    assert columns(one, TEA | {"свойство:ГОСТ": "77"}) == {"name": "Чай", "metadata_1c": {"gost": "77", "base": "UT"}}


def test_metadata_have_bounds() -> None:
    one = mapper({f"metadata.1c.{number}": {"from": "длинное"} for number in range(20)})
    long = one.map(record(TEA | {"длинное": "x" * 1001}))
    assert isinstance(long, RejectedRow)
    assert long.reason.startswith("длинное is 1001 characters long, at most 1000 fit")
    assert one.map(record(TEA | {"длинное": "x" * 900})) == RejectedRow(
        "00-1", "The metadata of the row are larger than 16 KB"
    )


def test_row_too_large_for_a_message_is_rejected() -> None:
    one = mapper({"description": {"from": "Описание"}, "notes": {"else": "Описание"}})
    assert one.map(record(TEA | {"Описание": "я" * (MAX_ROW_BYTES // 3)})) == RejectedRow(
        "00-1", "The row is larger than 256 KB"
    )


def test_is_active_is_inverted_when_the_integration_says_so() -> None:
    mapping = StreamMapping.model_validate({"fields": FIELDS | {"is_active": {"from": "Архив", "do": ["boolean"]}}})
    inverted = Mapper(mapping, "nomenklatura", invert_is_active=True)
    assert columns(inverted, TEA | {"Архив": "да"})["is_active"] is False
