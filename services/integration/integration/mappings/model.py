"""A mapping: which fields of a source fill which columns. It is data, kept as JSON in the form of these models."""

from typing import Annotated, Any

from ecatalog.fields.types import Boolean, Choice, FieldType, Integer, Text, invalid
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from integration.mappings.cleaners import LONGEST_KEY
from integration.mappings.transforms import TransformType

KEY = "key"
"""Behind ``else``, the key of the record itself."""
TOTAL = "total"
PRESETS = ("soap", "commerceml")
MOST_NAMES, MOST_STEPS, MOST_FIELDS, MOST_SKIPPED, MOST_WAREHOUSES = 50, 20, 200, 100, 1000


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class SourceKey(Text):
    """The key of a price type or a warehouse, as keys are written."""

    def clean(self, value: Any) -> str:
        return super().clean(value).lower()


class StockChoice(FieldType):
    """The quantity of which warehouses is the stock: the total of 1C, or a list of keys."""

    def clean(self, value: Any) -> str | tuple[str, ...]:
        if value == TOTAL:
            return TOTAL
        if not isinstance(value, list | tuple) or not 0 < len(value) <= MOST_WAREHOUSES:
            raise invalid(f'Give "{TOTAL}", or a list of 1 to {MOST_WAREHOUSES} keys of warehouses.')
        key = SourceKey(LONGEST_KEY, blank=False)
        return tuple(dict.fromkeys(key.clean(one) for one in value))

    def schema(self) -> dict[str, Any]:
        keys = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}}
        total = {"type": "string", "const": TOTAL}
        return {"anyOf": [total, keys | {"minItems": 1, "maxItems": MOST_WAREHOUSES}]}


Name = Annotated[str, Text(255, blank=False)]
Names = Annotated[
    tuple[Name, ...],
    Field(max_length=MOST_NAMES),
    BeforeValidator(_listed, json_schema_input_type=Name | tuple[Name, ...]),
]
PriceType = Annotated[str | None, SourceKey(LONGEST_KEY, blank=False)]
Stock = Annotated[Any | None, StockChoice()]
Level = Annotated[int | None, Integer((1, 20))]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldMapping(_Part):
    """One target. ``from`` are the fields that fill it, of which the first that holds something counts.

    ``else`` are fields, or the word ``key``, for the case that none does: what stands behind it never replaces a value.
    ``do`` are the steps that a text goes through.
    """

    names: Names = Field((), alias="from")
    do: tuple[Annotated[Any, TransformType()], ...] = Field((), max_length=MOST_STEPS)
    otherwise: Names = Field((), alias="else")


class StreamMapping(_Part):
    """One stream.

    ``rows`` names the rows of a SOAP answer, ``is_whole_list`` says that it holds all that there are. A record with one
    of the values of ``skip`` in a field is left out. Fields of ``ignore`` are left out without a word.
    ``stand_in_codes`` says whether a real code replaces a stand-in.
    """

    rows: Annotated[str | None, Text(255, blank=False)] = None
    skip: dict[Name, Names] = Field({}, max_length=MOST_SKIPPED)
    ignore: tuple[Name, ...] = Field((), max_length=MOST_FIELDS)
    stand_in_codes: Annotated[str, Choice(("keep", "replace"))] = "keep"
    is_whole_list: Annotated[bool, Boolean()] = False
    fields: dict[Name, FieldMapping] = Field(max_length=MOST_FIELDS)


class PriceTypes(_Part):
    """The price type, by its key, that fills each column."""

    base_price: PriceType = None
    sale_price: PriceType = None
    cost_price: PriceType = None


Streams = dict[Name, StreamMapping]


class Mapping(_Part):
    """A complete mapping. ``stock`` is None, ``total`` or keys of warehouses.

    ``category_level`` counts the groups above a product from the root, 1 being the highest.
    """

    preset: Annotated[str, Choice(PRESETS)]
    streams: Streams
    price_types: PriceTypes = PriceTypes()
    stock: Stock = None
    category_level: Level = None
