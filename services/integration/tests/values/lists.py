"""Offers as 1C writes them."""

from ..connectors.commerceml.building import offer, price

RETAIL, TRADE, COST = "t-retail", "t-trade", "t-cost"


def prices(key: str, *of: str) -> str:
    """An offer with a list of prices, which is empty without any."""
    return offer(key, f"<Цены>{''.join(of)}</Цены>")


def retail(value: str, inside: str = "") -> str:
    return price(value, RETAIL, inside)


def trade(value: str, inside: str = "") -> str:
    return price(value, TRADE, inside)


def total(key: str, quantity: str) -> str:
    return offer(key, f"<Количество>{quantity}</Количество>")


def stock(key: str, **quantities: str) -> str:
    """An offer with a list of warehouses, which is empty without any."""
    of = "".join(
        f"<Остаток><Склад><Ид>{name}</Ид><Количество>{quantity}</Количество></Склад></Остаток>"
        for name, quantity in quantities.items()
    )
    return offer(key, f"<Остатки>{of}</Остатки>")


def price_types(**names: str) -> str:
    types = "".join(
        f"<ТипЦены><Ид>t-{key}</Ид><Наименование>{name}</Наименование></ТипЦены>" for key, name in names.items()
    )
    return f"<ТипыЦен>{types}</ТипыЦен>"


def warehouses(**names: str) -> str:
    stores = "".join(f"<Склад><Ид>{key}</Ид><Наименование>{name}</Наименование></Склад>" for key, name in names.items())
    return f"<Склады>{stores}</Склады>"
