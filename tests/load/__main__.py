"""``make bench``: starts a cluster of its own, fills it by a sync, and measures it against what the machine can do."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from deploy.local.cluster import running
from deploy.local.demo.api import Api
from tests.load import (
    commerceml,
    descriptions,
    exports,
    growth,
    idle,
    imports,
    pictures,
    positions,
    rates,
    records,
    sign_in,
    statements,
    syncs,
    table,
)
from tests.load.bench import Bench
from tests.load.catalog import Catalog
from tests.load.ceiling import bare_gateway
from tests.load.options import Options, read
from tests.load.results import Row, merged
from tests.load.table import Table
from tests.onec import simulated

NO_LIMITS = {"RATE_LIMIT_ANON": "off", "RATE_LIMIT_USER": "off"}

# In the order in which they run: what writes comes last.
ROWS: dict[str, Callable[[Bench, Catalog], None]] = {
    "list": lambda bench, all_: bench.rate(
        "list of 20 from the database", all_.pages(bench.encoder), reads=statements.page
    ),
    "cached": lambda bench, all_: bench.rate("the same page, cached", all_.one_page(bench.encoder)),
    "304": lambda bench, all_: bench.rate("the same page, 304", all_.one_page_unchanged(bench.api, bench.encoder)),
    "detail": lambda bench, all_: bench.rate("detail by code", all_.details(bench.encoder), reads=statements.detail),
    "search": lambda bench, all_: bench.rate(
        "search, page and exact count", all_.searches(bench.encoder), reads=statements.page
    ),
    "offset": lambda bench, all_: bench.rate("page at offset 90,000", all_.deep_pages(bench.encoder)),
    "cursor": lambda bench, all_: bench.rate("page by cursor", all_.by_cursor(bench.encoder)),
    "feed": pictures.feed,
    "pictured": pictures.page,
    "renditions": lambda bench, _: pictures.renditions(bench),
    "signin": lambda bench, _: sign_in.one_after_another(bench),
    "beside": sign_in.beside_others,
    "crowd": sign_in.beside_many,
    "create": lambda bench, all_: bench.rate("create one product", all_.creations(bench.encoder), once=True),
    "change": lambda bench, all_: bench.rate("change one product", all_.changes(bench.encoder), once=True),
    "growth": growth.measure,
    "export": lambda bench, _: exports.export(bench),
    "import": lambda bench, _: imports.measure(bench),
    "commerceml": lambda bench, _: commerceml.measure(bench),
    "positions": lambda bench, _: positions.measure(bench),
    "descriptions": lambda bench, _: descriptions.measure(bench),
}
MEMORY, SYNC = "memory", "sync"


def main(arguments: Sequence[str] | None = None) -> int:
    options = read([MEMORY, SYNC, *ROWS], arguments)
    rows = merged([_measured(options) for _ in range(options.runs)])
    sys.stdout.write(f"\n{table.written(rows)}")
    if options.against:
        before, products = records.read(options.against)
        sys.stdout.write(f"\nbeside {options.against} with {products:,} products\n{records.compared(before, rows)}")
    if options.json:
        records.write(options.json, rows, options.products, options.runs)
    return 1 if any(row.missed() for row in rows) else 0


def _measured(options: Options) -> list[Row]:
    shown = Table(sys.stdout)
    shown.note(f"load by {rates.tool()}; everything shares this machine, so read the shares first")
    began = time.monotonic()
    with _bench(shown, options) as bench, simulated(products=options.products, clients=0) as onec:
        syncs.fill(bench, onec, options.products)
        _settle(bench)
        if any(name in ROWS for name in options.only):
            catalog = Catalog.read(bench.api)
            for name in filter(options.only.__contains__, ROWS):
                ROWS[name](bench, catalog)
    shown.note(f"done after {time.monotonic() - began:.0f} s with {options.products:,} products")
    return shown.rows


@contextmanager
def _bench(shown: Table, options: Options) -> Iterator[Bench]:
    with (
        tempfile.TemporaryDirectory(prefix="ecatalog-bench-") as folder,
        running(Path(folder) / "data", environment=NO_LIMITS) as cluster,
    ):
        if MEMORY in options.only:
            idle.measure(cluster, shown)
        api = Api(cluster.base_url)
        token = api.sign_in("admin", "admin123")
        with bare_gateway(cluster, token) as ceiling:
            yield Bench(cluster, api, token, ceiling, shown, options.patience)
        api.close()


def _settle(bench: Bench) -> None:
    """Do now what autovacuum would do in the middle of a measurement."""
    with psycopg.connect(bench.database_url("catalog"), autocommit=True) as connection:
        connection.execute("vacuum analyze")


if __name__ == "__main__":
    sys.exit(main())
