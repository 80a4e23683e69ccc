"""Lists that the simulated 1C of these tests serves."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from deploy.local.onec import rows
from deploy.local.onec.server import OneC, Served, serving


def product(code: str | None, name: str | None = "Товар", **fields: str) -> bytes:
    given = {"Code": code, "Name": name, **fields}
    return rows.render("ProductItem", {field: value for field, value in given.items() if value is not None})


def products(count: int, prefix: str = "C") -> list[bytes]:
    return [product(f"{prefix}-{number}", f"Товар {number}") for number in range(count)]


@asynccontextmanager
async def serving_products(items: Iterable[bytes], **how: object) -> AsyncIterator[Served]:
    """A 1C with these products and no clients."""
    async with serving(OneC({"GetProductList": list(items), "GetClientList": []}, **how)) as served:  # type: ignore[arg-type]  # the tests know the fields
        yield served
