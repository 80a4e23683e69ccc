"""Every line of a preset is told here once more, and tried: what is taken out of one, or comes into it, is noticed."""

from typing import Any

import orjson
import pytest
from integration.connectors.soap.mapping import RowMapper, folded
from integration.connectors.source import Record
from integration.mappings.mapper import Mapper
from integration.mappings.model import PRESETS, FieldMapping
from integration.mappings.presets import PRESET_OF, preset
from integration.mappings.rows import SkippedRow, SourceRow
from integration.mappings.targets import TARGETS, Stream
from integration.mappings.validation import check

SOAP: dict[Stream, dict[str, str]] = {
    "nomenklatura": {
        "code_1c": "Code Код", "name": "Наименование", "article_code": "Article Артикул",
        "title": "LabelText ПолноеНаименование НаименованиеПолное", "description": "Описание", "sku": "",
        "barcode": "Shtrix ШтрихКод", "brand": "Бренд", "manufacturer": "Производитель", "model": "Модель",
        "series": "Seria Серия", "vendor_code": "", "base_price": "Цена", "sale_price": "", "cost_price": "",
        "currency": "Валюта", "discount_percent": "", "tax_rate": "", "stock_quantity": "Остаток", "min_stock": "",
        "max_stock": "", "unit_of_measure": "Unit ЕдиницаИзмерения", "weight": "Вес", "dimensions": "",
        "volume": "Объем", "category": "Категория", "subcategory": "", "tags": "", "color": "Цвет", "size": "Размер",
        "material": "Материал", "warranty_period": "", "expiry_date": "", "production_date": "", "roditel": "Родитель",
        "supplier": "Suplier Поставщик", "country_code": "", "country": "Страна", "notes": "", "rating": "",
        "popularity_score": "", "seo_keywords": "", "source": "", "metadata": "", "is_active": "",
        "is_deleted": "is_delete ПометкаУдаления",
    },
    "clients": {
        "client_code_1c": "Code Код", "name": "Наименование", "email": "", "phone": "Телефон",
        "description": "Описание", "company_name": "ПолноеНаименование НаименованиеПолное", "tax_id": "INN STIR ИНН",
        "registration_number": "", "legal_address": "ЮридическийАдрес",
        "actual_address": "AdressDelivery AddressDelivery ФактическийАдрес", "fax": "Факс", "website": "",
        "social_media": "", "additional_phones": "", "industry": "", "business_type": "", "employee_count": "",
        "annual_revenue": "", "established_date": "", "payment_terms": "", "credit_limit": "", "currency": "Валюта",
        "city": "Город", "region": "Регион", "country": "Страна", "postal_code": "",
        "contact_person": "КонтактноеЛицо", "contact_position": "", "contact_email": "", "contact_phone": "",
        "business_region_code": "BussinesRegionCode", "business_region_name": "BussinesRegionName", "notes": "",
        "tags": "", "rating": "", "priority": "", "source": "", "metadata": "", "is_active": "",
        "is_deleted": "is_delete ПометкаУдаления",
    },
}  # fmt: skip
"""The names of each column beside its own."""

CUT = {"nomenklatura": {"name": 255, "title": 255}, "clients": {"name": 100, "company_name": 255}}
COMMERCEML: dict[Stream, dict[str, list[str]]] = {
    "nomenklatura": {
        "code_1c": ["Код", "реквизит:Код"],
        "name": ["Наименование"],
        "article_code": ["Артикул"],
        "title": ["реквизит:Полное наименование", "ПолноеНаименование", "реквизит:Повне найменування"],
        "description": ["реквизит:ОписаниеВФорматеHTML", "Описание"],
        "barcode": ["Штрихкод", "ШтрихКод"],
        "brand": ["Изготовитель", "свойство:Бренд"],
        "manufacturer": ["свойство:Производитель"],
        "tax_rate": ["налог:НДС"],
        "unit_of_measure": ["БазоваяЕдиница", "БазоваяЕдиница@НаименованиеПолное"],
        "weight": ["Вес", "реквизит:Вес"],
        "country": ["Страна", "свойство:Страна"],
    },
    "clients": {
        "client_code_1c": ["Код", "реквизит:Код"],
        "name": ["Наименование"],
        "company_name": ["ОфициальноеНаименование", "ПолноеНаименование"],
        "tax_id": ["ИНН"],
        "registration_number": ["КодПоОКПО"],
        "legal_address": ["АдресРегистрации/Представление", "ЮридическийАдрес/Представление"],
        "actual_address": ["Адрес/Представление", "ФактическийАдрес/Представление"],
        "region": ["АдресРегистрации:Регион"],
        "city": ["АдресРегистрации:Город"],
        "postal_code": ["АдресРегистрации:Почтовый индекс"],
        "email": ["контакт:Электронная почта", "контакт:Почта"],
        "phone": ["контакт:Телефон рабочий", "контакт:Телефон мобильный", "контакт:Телефон"],
    },
}
IGNORED: dict[Stream, list[str]] = {
    "nomenklatura": [
        "Ид", "НомерВерсии", "Статус", "Товар@Статус", "ПометкаУдаления", "Картинка", "Картинка@Описание",
        "Изготовитель/Ид", "БазоваяЕдиница@Код", "БазоваяЕдиница@МеждународноеСокращение", "реквизит:ВидНоменклатуры",
        "реквизит:ОписаниеФайла", "реквизит:Файл", "реквизит:ТипНоменклатуры",
    ],
    "clients": ["Ид", "НомерВерсии", "Статус", "Контрагент@Статус", "ПометкаУдаления", "Роль"],
}  # fmt: skip
TAXES = {"20": "20", "12 %": "12.00", "Без НДС": "0", "10/110": "10", "12/112": "12", "18/118": "18", "20/120": "20"}

BASE: dict[Stream, dict[str, str | None]] = {
    "nomenklatura": {"code_1c": "1", "name": "Чай"},
    "clients": {"client_code_1c": "1", "name": "Лавка"},
}
OF_SOAP = [
    (stream, column, name)
    for stream, columns in SOAP.items()
    for column, names in columns.items()
    for name in (column, *names.split())
]
OF_COMMERCEML = [
    (stream, column, name)
    for stream, columns in COMMERCEML.items()
    for column, names in columns.items()
    for name in names
]


def text_for(column: str) -> tuple[str, Any]:
    """A text that a column takes, and its value."""
    if column in ("is_active", "is_deleted"):
        return "Да", True
    if column in ("metadata", "social_media"):
        return '{"a":1}', {"a": 1}
    if column in ("tags", "additional_phones"):
        return "a,b", ["a", "b"]
    if column.endswith("_date"):
        return "2026-12-01", "2026-12-01"
    if column in ("warranty_period", "popularity_score", "employee_count", "priority"):
        return "7", 7
    return "7", "7"


@pytest.mark.parametrize("kind", PRESET_OF)
def test_preset_is_a_mapping_of_its_kinds(kind: Any) -> None:
    mapping = preset(PRESET_OF[kind])
    check(mapping, kind)
    assert mapping.preset == PRESET_OF[kind]
    assert set(mapping.streams) == set(TARGETS)


@pytest.mark.parametrize("name", PRESETS)
def test_preset_makes_no_price_and_no_stock_public(name: str) -> None:
    mapping = preset(name)
    assert (set(mapping.price_types.model_dump().values()), mapping.stock, mapping.category_level) == (
        {None},
        None,
        None,
    )
    public = {"base_price", "sale_price", "cost_price", "currency", "stock_quantity"}
    assert name == "soap" or not public & set(mapping.streams["nomenklatura"].fields)


def names_of(name: str) -> set[tuple[str, str, str]]:
    return {
        (stream, column, one)
        for stream, mapped in preset(name).streams.items()
        for column, field in mapped.fields.items()
        for one in field.names
    }


def test_tables_of_this_test_are_whole() -> None:
    assert names_of("soap") == set(OF_SOAP)
    assert names_of("commerceml") == set(OF_COMMERCEML)
    assert {stream: set(columns) for stream, columns in SOAP.items()} == {
        stream: set(targets.columns) for stream, targets in TARGETS.items()
    }


@pytest.mark.parametrize(("stream", "column", "name"), OF_SOAP)
def test_field_of_soap_fills_its_column(stream: Stream, column: str, name: str) -> None:
    text, value = text_for(column)
    fields = [(one, other) for one, other in BASE[stream].items() if one != column]
    row = RowMapper(preset("soap").streams[stream], stream).clean([(name, text), *fields])
    assert isinstance(row, SourceRow)
    assert orjson.loads(row.payload)[column] == value


@pytest.mark.parametrize("stream", TARGETS)
def test_soap_has_nothing_but_its_fields(stream: Stream) -> None:
    mapping = preset("soap").streams[stream]
    assert mapping.model_dump(exclude={"fields"}) == {
        "rows": None, "skip": {}, "ignore": (), "stand_in_codes": "keep", "is_whole_list": False,
    }  # fmt: skip
    assert all(field == FieldMapping.model_validate({"from": field.names}) for field in mapping.fields.values())
    names = [folded(name) for field in mapping.fields.values() for name in field.names]
    assert len(set(names)) == len(names)


def row_of(stream: Stream, fields: dict[str, str]) -> tuple[SourceRow, Mapper]:
    mapper = Mapper(preset("commerceml").streams[stream], stream)
    row = mapper.map(Record("key", {**fields}, {}, deleted=False, place=""))
    assert isinstance(row, SourceRow)
    return row, mapper


@pytest.mark.parametrize(("stream", "column", "name"), OF_COMMERCEML)
def test_field_of_commerceml_fills_its_column(stream: Stream, column: str, name: str) -> None:
    row, _ = row_of(stream, {name: "7"})
    if column == TARGETS[stream].code:
        assert (row.code, row.is_stand_in) == ("7", False)
    else:
        assert orjson.loads(row.payload) == {column: "7"}


@pytest.mark.parametrize("stream", TARGETS)
def test_order_of_names_is_that_of_the_table(stream: Stream) -> None:
    fields = preset("commerceml").streams[stream].fields
    assert {column: list(field.names) for column, field in fields.items()} == COMMERCEML[stream]


@pytest.mark.parametrize("stream", TARGETS)
def test_code_of_commerceml_may_be_its_key_and_nothing_else_stands_behind_else(stream: Stream) -> None:
    row, _ = row_of(stream, {})
    assert (row.code, row.is_stand_in) == ("key", True)
    fields = preset("commerceml").streams[stream].fields
    assert [column for column, field in fields.items() if field.otherwise] == [TARGETS[stream].code]


@pytest.mark.parametrize("stream", TARGETS)
def test_long_names_of_commerceml_are_cut(stream: Stream) -> None:
    fields = preset("commerceml").streams[stream].fields
    for column, most in CUT[stream].items():
        row, _ = row_of(stream, {fields[column].names[0]: "я" * 300})
        assert orjson.loads(row.payload) == {column: "я" * most}
    stepped = {column for column, field in fields.items() if field.do}
    assert stepped == {*CUT[stream], *({"tax_rate"} if stream == "nomenklatura" else set())}


@pytest.mark.parametrize(("text", "rate"), TAXES.items())
def test_tax_of_commerceml_is_a_number(text: str, rate: str) -> None:
    row, _ = row_of("nomenklatura", {"налог:НДС": text})
    assert orjson.loads(row.payload) == {"tax_rate": rate}


def test_tax_of_commerceml_knows_no_other_words() -> None:
    (step,) = preset("commerceml").streams["nomenklatura"].fields["tax_rate"].do
    assert set(step["map"]) < set(TAXES)


@pytest.mark.parametrize("kind", ["Услуга", "Работа"])
def test_services_are_no_goods(kind: str) -> None:
    mapper = Mapper(preset("commerceml").streams["nomenklatura"], "nomenklatura")
    row = mapper.map(Record("key", {"реквизит:ТипНоменклатуры": kind}, {}, deleted=False, place=""))
    assert isinstance(row, SkippedRow)
    assert preset("commerceml").streams["nomenklatura"].skip == {"реквизит:ТипНоменклатуры": ("Услуга", "Работа")}
    assert preset("commerceml").streams["clients"].skip == {}


@pytest.mark.parametrize("stream", TARGETS)
def test_fields_of_commerceml_that_say_nothing_are_left_out_without_a_word(stream: Stream) -> None:
    row, mapper = row_of(stream, dict.fromkeys(IGNORED[stream], "x"))
    assert (row.payload, mapper.unmapped) == (b"{}", {})
    mapped = preset("commerceml").streams[stream]
    assert {*mapped.ignore, *mapped.skip} == set(IGNORED[stream])
    assert (mapped.rows, mapped.stand_in_codes, mapped.is_whole_list) == (None, "keep", False)
