"""What a check says of a base that sends by itself: names, counts and what to do. Never a price."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ecatalog.core.clock import local_zone

from integration.checks.facts import SnapshotFacts
from integration.checks.schemas import ExchangeOut, PriceTypeOut, WarehouseOut
from integration.connectors.errors import Cause
from integration.integrations.kinds import EXCHANGE, IntegrationKind
from integration.mappings import model
from integration.mappings.targets import TARGETS

SHOWN = 20
NO_PASSWORD = "1C has no password yet: make one by POST …/exchange-password/ and enter it in 1C."  # noqa: S105 - a sentence
NEVER_CALLED = (
    "1C has not called yet: enter exchange_url, exchange_login and the password in 1C, and start its exchange there."
)
NOTHING_CAME = "No files have come yet."
BY_HAND = "Files are loaded by hand: POST /api/v1/source-file/{id}/ or python manage.py sync load."
CAME = "The last files came on {}{}."
OUTCOMES = {
    None: "; they are at work, or 1C has not closed its exchange yet",
    "succeeded": ", and were applied",
    "failed": ", and were not all applied",
    "left": ", and were not all imported: 1C did not finish its exchange",
}
DRY = ", and were only looked at"
STALE = "Nothing counts as unchanged before a whole list has come: have everything sent once."
NOT_KEPT = "It is read and counted, but the catalog does not hold it yet."
OLD = "The last whole list of {} came more than 7 days ago: changes that were missed since then are not seen."
PRICES = "{} came, none fills base_price: {}"
STOCK = "{} came, none counts into stock_quantity: {}"
REGIONS = "No field gives business_region_code: users who have regions do not see these clients."
CATALOG_LACKS = ("variants",)


def message_of(kind: IntegrationKind | str, exchange: ExchangeOut) -> tuple[bool, str | None, str]:
    """Return whether rows can come, the fixed word of what is in the way, and a sentence."""
    if kind == EXCHANGE and not exchange.has_password:
        return False, Cause.UNAUTHORIZED, NO_PASSWORD
    last = exchange.last_set
    if last is None:
        nothing = NEVER_CALLED if exchange.last_session_at is None else NOTHING_CAME
        return True, None, nothing if kind == EXCHANGE else f"{NOTHING_CAME} {BY_HAND}"
    outcome = DRY if last.is_dry_run and last.outcome == "succeeded" else OUTCOMES[last.outcome]
    return True, None, CAME.format(_time(last.created_at), outcome)


def _time(at: str) -> str:
    zone = local_zone()
    return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"


def problem_of(stream: str, *, is_stale: bool) -> str | None:
    if stream in CATALOG_LACKS:
        return NOT_KEPT
    return STALE if is_stale else None


def warnings_of(
    mapping: model.Mapping, price_types: Sequence[PriceTypeOut], warehouses: Sequence[WarehouseOut],
    snapshots: Sequence[SnapshotFacts], counts: Mapping[str, int],
) -> Iterator[str]:  # fmt: skip
    if price_types and mapping.price_types.base_price is None:
        yield PRICES.format(_number(price_types, "price type"), _listed(price_types))
    if warehouses and mapping.stock is None:
        yield STOCK.format(_number(warehouses, "warehouse"), _listed(warehouses))
    clients = mapping.streams.get("clients")
    if counts.get("clients") and clients and "business_region_code" not in clients.fields:
        yield REGIONS
    for snapshot in snapshots:
        if snapshot.is_old and snapshot.stream in TARGETS:
            yield OLD.format(snapshot.stream)


def _number(found: Sequence[PriceTypeOut | WarehouseOut], one: str) -> str:
    return f"{len(found):,} {one if len(found) == 1 else f'{one}s'}"


def _listed(found: Sequence[PriceTypeOut | WarehouseOut]) -> str:
    """Return the names, and behind each the key by which a mapping names it."""
    shown = [f"{one.name} ({one.key})" if one.name else one.key for one in found[:SHOWN]]
    return ", ".join([*shown, "…"] if len(found) > SHOWN else shown)
