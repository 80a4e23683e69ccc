"""What one request costs in a catalog of this size: runs of several sizes show whether it grows with them."""

from urllib.parse import quote

from tests.load.bench import Bench
from tests.load.catalog import LIST, MARKER, PAGE, Catalog
from tests.load.latency import latency
from tests.load.requests import Load

BULK = 100
BULKS = 1500
DIFFERENT = 5000  # far more than are sent: no answer, count or search is met twice


def measure(bench: Bench, catalog: Catalog) -> None:
    encoder = bench.encoder
    latency(bench, "growth: list", catalog.pages(encoder))
    latency(bench, "growth: detail", catalog.details(encoder))
    latency(bench, "growth: search", catalog.searches(encoder))
    latency(bench, "growth: filter", _filters(bench, catalog))
    latency(bench, "growth: count", _counts(bench))
    latency(bench, "growth: create", catalog.creations(encoder, prefix="GROWTH"), once=True)
    latency(bench, "growth: upsert of 100", _upserts(bench, catalog), once=True)


def _filters(bench: Bench, catalog: Catalog) -> Load:
    """Pages of the products of a category, each above a price of its own."""
    categories = catalog.categories
    paths = (
        f"{LIST}?limit={PAGE}&category={quote(categories[number % len(categories)])}&price_min={number / 100:.2f}"
        for number in range(DIFFERENT)
    )
    return Load([bench.encoder.get(path) for path in paths], marker=MARKER, rows=PAGE)


def _counts(bench: Bench) -> Load:
    """The exact number of the products above a price."""
    paths = (f"{LIST}?limit=1&price_min={number}" for number in range(DIFFERENT))
    return Load([bench.encoder.get(path) for path in paths], marker=MARKER, rows=1)


def _upserts(bench: Bench, catalog: Catalog) -> Load:
    """Prices of a hundred products at a time, all of them new."""
    project = catalog.project
    requests = []
    for number in range(BULKS):
        codes = catalog.chance.sample(catalog.codes, BULK)
        rows = [
            {"code_1c": code, "name": f"Upserted {code}", "project_id": project, "base_price": number + 0.5}
            for code in codes
        ]
        requests.append(bench.encoder.send("POST", f"{LIST}bulk/", rows))
    return Load(requests, 207, marker=b'"updated":%d,' % BULK, rows=1)
