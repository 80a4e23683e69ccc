"""What a single record of prices or stock gives to the columns that were chosen."""

from decimal import ROUND_HALF_UP, Decimal

from integration.checks.sampling import row_of
from integration.checks.schemas import SampledRow
from integration.connectors.source import Record
from integration.mappings.model import TOTAL, Mapping
from integration.values import run
from integration.values.offers import StagedOffer, offer_of

_CENT = Decimal("0.01")


def sampled_offer(record: Record, stream: str, mapping: Mapping) -> SampledRow:
    """Return a record with its columns; of variants, each gives its own price and quantity here."""
    offer = offer_of(record, stream)
    raw = {**record.fields, **record.children}
    if offer.reason:
        return row_of(raw, None, [offer.reason])
    columns = _prices(offer, mapping) if stream == run.PRICES else _stock(offer, mapping)
    return row_of(raw, columns)


def _prices(offer: StagedOffer, mapping: Mapping) -> dict[str, str | None]:
    columns: dict[str, str | None] = {}
    for column, price_type in mapping.price_types.model_dump().items():
        found = [value for value in offer.values if value.of == price_type and value.value is not None]
        if not found:
            continue
        least = min(found, key=lambda value: value.min_quantity)
        columns[column] = str(((least.value or Decimal(0)) / least.coefficient).quantize(_CENT, ROUND_HALF_UP))
        if column == "base_price":
            columns["currency"] = least.currency
    return columns


def _stock(offer: StagedOffer, mapping: Mapping) -> dict[str, str]:
    if mapping.stock is None:
        return {}
    chosen = (run.TOTAL,) if mapping.stock == TOTAL else mapping.stock
    found = [value.value for value in offer.values if value.of in chosen and value.value is not None]
    return {"stock_quantity": str(sum(found, Decimal(0)).quantize(_CENT, ROUND_HALF_UP))} if found else {}
