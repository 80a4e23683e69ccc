"""What one record says of prices or of stock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from ecatalog.fields.written.numbers import read_number

from integration.connectors.source import Child, Record
from integration.mappings.cleaners import LONGEST_KEY, BadValue
from integration.mappings.making import NOTHING
from integration.values.currencies import currency_code
from integration.values.run import PRICES, TOTAL

PRICE_DIGITS, QUANTITY_DIGITS = 13, 8  # before the point, as the columns of the catalog take them
_COEFFICIENT_DIGITS = 9
_STEP, _CENT = Decimal("0.000001"), Decimal("0.01")
_ONE, _ZERO = Decimal(1), Decimal(0)
_PRICE, _QUANTITY = "ЦенаЗаЕдиницу", "Количество"
_SHOWN = 100


class StagedValue(NamedTuple):
    """A price of a type, or a quantity in a warehouse; ``value`` is None where there is none any more."""

    of: str
    coefficient: Decimal
    min_quantity: Decimal
    value: Decimal | None
    currency: str | None = None


@dataclass(slots=True)
class StagedOffer:
    """A record. With a ``reason`` it cannot be read, and says nothing.

    ``is_list`` says that it names all price types or warehouses that there are of it; otherwise it gives the total
    alone.
    """

    key: str
    place: str
    is_list: bool = True
    values: list[StagedValue] = field(default_factory=list)
    reason: str | None = None

    @property
    def product_key(self) -> str:
        return self.key.partition("#")[0]

    @property
    def is_empty(self) -> bool:
        """Return whether it says that there is nothing of any type or in any warehouse."""
        return self.is_list and all(value.value is None for value in self.values)


def offer_of(record: Record, stream: str) -> StagedOffer:
    """Read a record of ``prices`` or ``stock``. What is marked deleted has neither.

    A reason names the field and the price type or warehouse, and never repeats what stands there: it may be a price.
    """
    offer = StagedOffer(record.key[:LONGEST_KEY], record.place)
    if len(record.key) > LONGEST_KEY:
        offer.reason = f"The key is {len(record.key)} characters long, at most {LONGEST_KEY} fit"
        return offer
    values = _prices(record) if stream == PRICES else _quantities(record)
    try:
        # Of several of one type, coefficient and quantity the last counts.
        offer.values = list({value[:3]: value for value in values}.values())
    except BadValue as error:
        offer.reason = str(error)
    offer.is_list = stream == PRICES or record.deleted or "warehouses" in record.children
    return offer


def _prices(record: Record) -> Iterator[StagedValue]:
    for price in () if record.deleted else record.children.get("prices", ()):
        if _text(price, _PRICE) in NOTHING:
            continue
        of = _key(price, "ИдТипаЦены")
        try:
            yield _price(price, of)
        except BadValue as error:
            raise BadValue(f"{error} (price type {of[:_SHOWN]})" if of else f"{error} (no price type)") from None


def _price(price: Child, of: str) -> StagedValue:
    value = _number(price, _PRICE, PRICE_DIGITS)
    coefficient = _number(price, "Коэффициент", _COEFFICIENT_DIGITS, _ONE)
    if coefficient <= 0:
        raise BadValue("Коэффициент is not above 0")
    if coefficient < 1 and (value / coefficient).quantize(_CENT, ROUND_HALF_UP).adjusted() >= PRICE_DIGITS:
        raise BadValue(f"{_PRICE} is too large")
    min_quantity = _number(price, "МинКоличество", PRICE_DIGITS, _ZERO)
    return StagedValue(of, coefficient, min_quantity, value, currency_code(_text(price, "Валюта")))


def _quantities(record: Record) -> Iterator[StagedValue]:
    """Yield the total and the quantities of warehouses. An empty list takes the total away as well."""
    is_total = _QUANTITY in record.fields
    warehouses = () if record.deleted else record.children.get("warehouses", ())
    if record.deleted or (not is_total and not warehouses):
        yield StagedValue(TOTAL, _ONE, _ZERO, None)
    elif is_total:
        has_one = _text(record.fields, _QUANTITY) not in NOTHING
        yield StagedValue(TOTAL, _ONE, _ZERO, _number(record.fields, _QUANTITY, QUANTITY_DIGITS) if has_one else None)
    for warehouse in warehouses:
        of = _key(warehouse, "Ид")
        if of and _text(warehouse, _QUANTITY) not in NOTHING:
            try:
                yield StagedValue(of, _ONE, _ZERO, _number(warehouse, _QUANTITY, QUANTITY_DIGITS))
            except BadValue as error:
                raise BadValue(f"{error} (warehouse {of[:_SHOWN]})") from None


def _number(fields: Child, name: str, digits: int, otherwise: Decimal | None = None) -> Decimal:
    """Return a number of at most so many digits before the point, to six places, half up."""
    text = _text(fields, name)
    if otherwise is not None and text in NOTHING:
        return otherwise
    try:
        number, is_too_large = _parsed(text, digits)
    except ValueError:
        raise BadValue(f"{name} is not a number") from None
    if is_too_large:
        raise BadValue(f"{name} is too large")
    return number


@lru_cache(maxsize=10_000)
def _parsed(text: str, digits: int) -> tuple[Decimal, bool]:
    """Read a number, and tell whether a column of two places has no room for it; the same few stand in most records."""
    number = Decimal(read_number(text))
    if number.adjusted() >= digits:
        return number, True
    return number.quantize(_STEP, ROUND_HALF_UP), number.quantize(_CENT, ROUND_HALF_UP).adjusted() >= digits


def _key(fields: Child, name: str) -> str:
    key = _text(fields, name).lower()
    if len(key) > LONGEST_KEY:
        raise BadValue(f"{name} is {len(key)} characters long, at most {LONGEST_KEY} fit")
    return key


def _text(fields: Child, name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else value[0]
