"""The fields of 1C that fill each column of the catalog.

This is data, not code. Names are compared without case and underscores, a column's own name always counts, and of
several names in one row the first that holds something wins.
"""

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
    name: str
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
    columns: tuple[Column, ...]


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
    columns=(
        Column("code_1c", row_code(255), ("Code", "Код")),
        Column("name", text(255), ("Наименование",)),
        Column("article_code", code(100), ("Article", "Артикул")),
        Column("title", text(255), ("LabelText", "ПолноеНаименование", "НаименованиеПолное")),
        Column("description", long_text, ("Описание",)),
        Column("sku", code(100)),
        Column("barcode", code(100), ("Shtrix", "ШтрихКод")),
        Column("brand", text(150), ("Бренд",)),
        Column("manufacturer", text(200), ("Производитель",)),
        Column("model", text(150), ("Модель",)),
        Column("series", text(150), ("Seria", "Серия")),
        Column("vendor_code", code(100)),
        Column("base_price", MONEY, ("Цена",)),
        Column("sale_price", MONEY),
        Column("cost_price", MONEY),
        Column("currency", text(10), ("Валюта",)),
        Column("discount_percent", PERCENT),
        Column("tax_rate", PERCENT),
        Column("stock_quantity", QUANTITY, ("Остаток",)),
        Column("min_stock", QUANTITY),
        Column("max_stock", QUANTITY),
        Column("unit_of_measure", text(50), ("Unit", "ЕдиницаИзмерения")),
        Column("weight", MEASURE, ("Вес",)),
        Column("dimensions", text(100)),
        Column("volume", MEASURE, ("Объем",)),
        Column("category", text(150), ("Категория",)),
        Column("subcategory", text(150)),
        Column("tags", json_list),
        Column("color", text(100), ("Цвет",)),
        Column("size", text(100), ("Размер",)),
        Column("material", text(200), ("Материал",)),
        Column("warranty_period", integer),
        Column("expiry_date", day),
        Column("production_date", day),
        Column("roditel", text(255), ("Родитель",)),
        Column("supplier", text(255), ("Suplier", "Поставщик")),
        Column("country_code", code(10)),
        Column("country", text(150), ("Страна",)),
        Column("notes", long_text),
        Column("rating", RATING),
        Column("popularity_score", integer),
        Column("seo_keywords", text(500)),
        Column("source", text(100)),
        Column("metadata", json_object),
        Column("is_active", boolean),
        Column("is_deleted", boolean, ("is_delete", "ПометкаУдаления")),
    ),
)

CLIENTS = Columns(
    code="client_code_1c",
    title="name",
    items=("ClientItem",),
    words=("client", "customer", "buyer", "контраг", "kontrag", "клиент", "покупат", "mijoz", "мижоз", "counterpart"),
    columns=(
        Column("client_code_1c", row_code(100), ("Code", "Код")),
        Column("name", text(100), ("Наименование",)),
        Column("email", text(100)),
        Column("phone", code(100), ("Телефон",)),
        Column("description", long_text, ("Описание",)),
        Column("company_name", text(255), ("ПолноеНаименование", "НаименованиеПолное")),
        Column("tax_id", code(50), ("INN", "STIR", "ИНН")),
        Column("registration_number", code(100)),
        Column("legal_address", long_text, ("ЮридическийАдрес",)),
        Column("actual_address", long_text, ("AdressDelivery", "AddressDelivery", "ФактическийАдрес")),
        Column("fax", code(50), ("Факс",)),
        Column("website", text(255)),
        Column("social_media", json_object),
        Column("additional_phones", json_list),
        Column("industry", text(150)),
        Column("business_type", text(100)),
        Column("employee_count", integer),
        Column("annual_revenue", MONEY),
        Column("established_date", day),
        Column("payment_terms", text(255)),
        Column("credit_limit", MONEY),
        Column("currency", text(10), ("Валюта",)),
        Column("city", text(100), ("Город",)),
        Column("region", text(100), ("Регион",)),
        Column("country", text(100), ("Страна",)),
        Column("postal_code", code(20)),
        Column("contact_person", text(150), ("КонтактноеЛицо",)),
        Column("contact_position", text(100)),
        Column("contact_email", text(100)),
        Column("contact_phone", code(100)),
        Column("business_region_code", code(100), ("BussinesRegionCode",)),
        Column("business_region_name", text(255), ("BussinesRegionName",)),
        Column("notes", long_text),
        Column("tags", json_list),
        Column("rating", RATING),
        Column("priority", integer),
        Column("source", text(100)),
        Column("metadata", json_object),
        Column("is_active", boolean),
        Column("is_deleted", boolean, ("is_delete", "ПометкаУдаления")),
    ),
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
