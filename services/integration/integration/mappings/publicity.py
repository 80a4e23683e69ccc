"""Prices and stock are seen by everybody: a column of them gets a source only when somebody says so."""

from typing import Any

from ecatalog.core.errors import FieldErrors

from integration.mappings.model import Mapping

PUBLIC = ("base_price", "sale_price", "cost_price", "stock_quantity")
CONFIRM = "Prices and stock are public. Send confirm: true if these are to come from another source: {}."


def require_confirmation(before: Mapping, after: Mapping) -> None:
    """Raise FieldErrors when a public column gets a source that it does not have."""
    known = _sources(before)
    new = [column for column, source in _sources(after).items() if source is not None and source != known[column]]
    if new:
        raise FieldErrors({"confirm": [CONFIRM.format(", ".join(new))]})


def _sources(mapping: Mapping) -> dict[str, Any]:
    """Return what fills each public column: a field, the key of a price type, or warehouses."""
    products = mapping.streams.get("nomenklatura")
    fields = products.fields if products else {}
    chosen = {**mapping.price_types.model_dump(), "stock_quantity": mapping.stock}
    return {column: fields.get(column, chosen[column]) for column in PUBLIC}
