"""The fields of 1C that fill each column of the catalog.

This is data, not code. Names are compared without case and underscores, a column's own name always counts, and of
several names in one row the first that holds something wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from integration.connectors.soap.batch import Kind
from integration.connectors.soap.cleaners import (
    Cleaner,
    boolean,
    code,
    day,
    decimal,
    integer,
    json_list,
    json_object,
    long_text,
    row_code,
    text,
)


@dataclass(frozen=True, slots=True)
class Column:
    """Says how a column of the catalog is cleaned, and by which other names it comes."""

    clean: Cleaner
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one kind of rows.

    ``code`` and ``title`` name the two columns that a row cannot do without; ``items`` the usual names of its element,
    ``words`` the words in the names of elements that hold such rows.
    """

    code: str
    title: str
    items: tuple[str, ...]
    words: tuple[str, ...]
    columns: Mapping[str, Column]


MONEY = decimal(15, 2)
PERCENT = decimal(5, 2, percent=True)
QUANTITY = decimal(10, 2)
MEASURE = decimal(10, 3)
RATING = decimal(3, 2)

NOMENKLATURA = Columns(
    code="code_1c",
    title="name",
    items=("ProductItem",),
    words=("product", "good", "nomenkl", "номенкл", "товар", "tovar", "продукт", "mahsulot", "маҳсулот"),
    columns={
        "code_1c": Column(row_code(255), ("Code", "Код")),
        "name": Column(text(255), ("Наименование",)),
        "article_code": Column(code(100), ("Article", "Артикул")),
        "title": Column(text(255), ("LabelText", "ПолноеНаименование", "НаименованиеПолное")),
        "description": Column(long_text, ("Описание",)),
        "sku": Column(code(100)),
        "barcode": Column(code(100), ("Shtrix", "ШтрихКод")),
        "brand": Column(text(150), ("Бренд",)),
        "manufacturer": Column(text(200), ("Производитель",)),
        "model": Column(text(150), ("Модель",)),
        "series": Column(text(150), ("Seria", "Серия")),
        "vendor_code": Column(code(100)),
        "base_price": Column(MONEY, ("Цена",)),
        "sale_price": Column(MONEY),
        "cost_price": Column(MONEY),
        "currency": Column(text(10), ("Валюта",)),
        "discount_percent": Column(PERCENT),
        "tax_rate": Column(PERCENT),
        "stock_quantity": Column(QUANTITY, ("Остаток",)),
        "min_stock": Column(QUANTITY),
        "max_stock": Column(QUANTITY),
        "unit_of_measure": Column(text(50), ("Unit", "ЕдиницаИзмерения")),
        "weight": Column(MEASURE, ("Вес",)),
        "dimensions": Column(text(100)),
        "volume": Column(MEASURE, ("Объем",)),
        "category": Column(text(150), ("Категория",)),
        "subcategory": Column(text(150)),
        "tags": Column(json_list),
        "color": Column(text(100), ("Цвет",)),
        "size": Column(text(100), ("Размер",)),
        "material": Column(text(200), ("Материал",)),
        "warranty_period": Column(integer),
        "expiry_date": Column(day),
        "production_date": Column(day),
        "roditel": Column(text(255), ("Родитель",)),
        "supplier": Column(text(255), ("Suplier", "Поставщик")),
        "country_code": Column(code(10)),
        "country": Column(text(150), ("Страна",)),
        "notes": Column(long_text),
        "rating": Column(RATING),
        "popularity_score": Column(integer),
        "seo_keywords": Column(text(500)),
        "source": Column(text(100)),
        "metadata": Column(json_object),
        "is_active": Column(boolean),
        "is_deleted": Column(boolean, ("is_delete", "ПометкаУдаления")),
    },
)

CLIENTS = Columns(
    code="client_code_1c",
    title="name",
    items=("ClientItem",),
    words=("client", "customer", "buyer", "контраг", "kontrag", "клиент", "покупат", "mijoz", "мижоз", "counterpart"),
    columns={
        "client_code_1c": Column(row_code(100), ("Code", "Код")),
        "name": Column(text(100), ("Наименование",)),
        "email": Column(text(100)),
        "phone": Column(code(100), ("Телефон",)),
        "description": Column(long_text, ("Описание",)),
        "company_name": Column(text(255), ("ПолноеНаименование", "НаименованиеПолное")),
        "tax_id": Column(code(50), ("INN", "STIR", "ИНН")),
        "registration_number": Column(code(100)),
        "legal_address": Column(long_text, ("ЮридическийАдрес",)),
        "actual_address": Column(long_text, ("AdressDelivery", "AddressDelivery", "ФактическийАдрес")),
        "fax": Column(code(50), ("Факс",)),
        "website": Column(text(255)),
        "social_media": Column(json_object),
        "additional_phones": Column(json_list),
        "industry": Column(text(150)),
        "business_type": Column(text(100)),
        "employee_count": Column(integer),
        "annual_revenue": Column(MONEY),
        "established_date": Column(day),
        "payment_terms": Column(text(255)),
        "credit_limit": Column(MONEY),
        "currency": Column(text(10), ("Валюта",)),
        "city": Column(text(100), ("Город",)),
        "region": Column(text(100), ("Регион",)),
        "country": Column(text(100), ("Страна",)),
        "postal_code": Column(code(20)),
        "contact_person": Column(text(150), ("КонтактноеЛицо",)),
        "contact_position": Column(text(100)),
        "contact_email": Column(text(100)),
        "contact_phone": Column(code(100)),
        "business_region_code": Column(code(100), ("BussinesRegionCode",)),
        "business_region_name": Column(text(255), ("BussinesRegionName",)),
        "notes": Column(long_text),
        "tags": Column(json_list),
        "rating": Column(RATING),
        "priority": Column(integer),
        "source": Column(text(100)),
        "metadata": Column(json_object),
        "is_active": Column(boolean),
        "is_deleted": Column(boolean, ("is_delete", "ПометкаУдаления")),
    },
)

COLUMNS: dict[Kind, Columns] = {"nomenklatura": NOMENKLATURA, "clients": CLIENTS}

# Columns that things of every kind have, so that they say nothing of what a list holds.
GENERAL = frozenset({
    "code_1c", "client_code_1c", "name", "title", "description", "notes", "currency", "source", "metadata", "tags",
    "is_active", "is_deleted", "country", "country_code", "rating", "priority",
})  # fmt: skip
# What the name of a list of errors says, which may have codes and names too.
ERRORS = ("error", "ошибк", "xato")
# What the names of other lists say that come along with the one that is meant.
OTHER_THINGS = (
    "type", "тип", "warehouse", "склад", "sklad", "ombor", "unit", "единиц", "currenc", "валют", "countr", "стран",
    *ERRORS, "warning", "предупрежд", "message", "сообщени",
)  # fmt: skip
# And those that may hold groups of the rows that are meant: only a row of such a name is something else.
OTHER_GROUPS = (
    "group", "групп", "guruh", "categor", "катег", "kateg", "brand", "бренд", "series", "region", "регион",
    "manufactur", "производ", "supplier", "поставщ", "folder", "папк", "propert", "свойств", "contract", "договор",
    "employee", "сотрудник",
)  # fmt: skip
