"""What a run says of price types and warehouses that nobody chose: their names and keys, and never a price."""

from collections.abc import Collection, Iterator, Mapping

from integration.mappings.model import TOTAL as ALL_WAREHOUSES
from integration.values.run import PRICES, TOTAL, ValuesRun

_MOST_SHOWN = 20
_LONGEST_NAME = 100


def warnings_of(run: ValuesRun, stream: str, came: Collection[str], names: Mapping[str, str]) -> list[str]:
    """Return a sentence for each column that could be filled and is not.

    ``came`` are the keys of the price types or warehouses of the list, ``names`` their names as far as they are known.
    """
    keys = [key for key in came if key]
    if stream == PRICES:
        return list(_of_prices(run, keys, names)) if keys else []
    return list(_of_stock(run, keys, names, has_total=TOTAL in came)) if came else []


def _of_prices(run: ValuesRun, came: Collection[str], names: Mapping[str, str]) -> Iterator[str]:
    types = _number(came, "price type", "price types")
    if "base_price" not in run.price_types:
        yield f"{types} came, none fills base_price: {_listed(came, names)}"
    for column, key in run.price_types.items():
        if key not in came and key not in names:
            yield f"{types} came, and {_shown(key, names)}, which fills {column}, is none of them"


def _of_stock(run: ValuesRun, came: Collection[str], names: Mapping[str, str], *, has_total: bool) -> Iterator[str]:
    warehouses = _number(came, "warehouse", "warehouses")
    chosen = run.mapping.stock
    if chosen is None and came:
        yield f"{warehouses} came, none counts into stock_quantity: {_listed(came, names)}"
    elif chosen is None:
        yield "Quantities in stock came, and nothing fills stock_quantity"
    elif chosen == ALL_WAREHOUSES and not has_total:
        yield f"{warehouses} came and no total, which fills stock_quantity"
    elif chosen != ALL_WAREHOUSES:
        lost = [key for key in chosen if key not in came and key not in names]
        if lost:
            yield f"{warehouses} came, and none of these that count into stock_quantity: {_listed(lost, names)}"


def _number(keys: Collection[str], one: str, many: str) -> str:
    return f"{len(keys):,} {one if len(keys) == 1 else many}"


def _listed(keys: Collection[str], names: Mapping[str, str]) -> str:
    shown = sorted(_shown(key, names) for key in keys)
    return ", ".join([*shown[:_MOST_SHOWN], "…"] if len(shown) > _MOST_SHOWN else shown)


def _shown(key: str, names: Mapping[str, str]) -> str:
    """Return the name, and behind it the key by which a mapping names it."""
    name = names.get(key, "")[:_LONGEST_NAME]
    return f"{name} ({key[:_LONGEST_NAME]})" if name else key[:_LONGEST_NAME]
