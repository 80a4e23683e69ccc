"""The words by which the list that is meant is told from the others of an answer."""

from collections.abc import Mapping

from integration.connectors.soap.batch import Kind

# The usual names of the elements that are rows.
ITEMS: Mapping[Kind, str] = {"nomenklatura": "productitem", "clients": "clientitem"}
# What stands in the names of elements that hold such rows.
WORDS: Mapping[Kind, tuple[str, ...]] = {
    "nomenklatura": ("product", "good", "nomenkl", "номенкл", "товар", "tovar", "продукт", "mahsulot", "маҳсулот"),
    "clients": (
        "client", "customer", "buyer", "контраг", "kontrag", "клиент", "покупат", "mijoz", "мижоз", "counterpart",
    ),
}  # fmt: skip

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
