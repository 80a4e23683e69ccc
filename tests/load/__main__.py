"""``make bench``: starts a cluster of its own, fills it through a sync, and measures what the design promises."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from deploy.local.cluster import Cluster, running
from deploy.local.demo.api import Api
from tests.load import descriptions, exports, imports, memory, pictures, positions, rates, sign_in, syncs
from tests.load.bench import Bench
from tests.load.catalog import Catalog
from tests.load.ceiling import bare_gateway
from tests.load.results import Table
from tests.onec import simulated

IDLE_SECONDS = 60
NO_LIMITS = {"RATE_LIMIT_ANON": "off", "RATE_LIMIT_USER": "off"}

# In the order in which they run: what writes comes last.
ROWS: dict[str, Callable[[Bench, Catalog], None]] = {
    "list": lambda bench, all_: bench.rate("list of 20 from the database", all_.pages(bench.encoder)),
    "cached": lambda bench, all_: bench.rate("the same page, cached", all_.one_page(bench.encoder)),
    "304": lambda bench, all_: bench.rate("the same page, 304", all_.one_page_unchanged(bench.api, bench.encoder)),
    "detail": lambda bench, all_: bench.rate("detail by code", all_.details(bench.encoder)),
    "search": lambda bench, all_: bench.rate("search, page and exact count", all_.searches(bench.encoder)),
    "offset": lambda bench, all_: bench.rate("page at offset 90,000", all_.deep_pages(bench.encoder)),
    "cursor": lambda bench, all_: bench.rate("page by cursor", all_.by_cursor(bench.encoder)),
    "feed": pictures.feed,
    "pictured": pictures.page,
    "renditions": lambda bench, _: pictures.renditions(bench),
    "signin": lambda bench, _: sign_in.one_after_another(bench),
    "beside": sign_in.beside_others,
    "create": lambda bench, all_: bench.rate("create one product", all_.creations(bench.encoder), once=True),
    "change": lambda bench, all_: bench.rate("change one product", all_.changes(bench.encoder), once=True),
    "export": lambda bench, _: exports.export(bench),
    "import": lambda bench, _: imports.measure(bench),
    "positions": lambda bench, _: positions.measure(bench),
    "descriptions": lambda bench, _: descriptions.measure(bench),
}
MEMORY, SYNC = "memory", "sync"


def main() -> int:
    options = _options()
    wanted = options.only or [MEMORY, SYNC, *ROWS]
    table = Table(sys.stdout)
    table.note(f"load by {rates.tool()}; everything shares this machine, so read the ratios first")
    began = time.monotonic()
    with _bench(table, wanted, options.patience) as bench, simulated(products=options.products, clients=0) as onec:
        syncs.fill(bench, onec)
        _settle(bench.cluster)
        if any(name in ROWS for name in wanted):
            catalog = Catalog.read(bench.api)
            for name in filter(wanted.__contains__, ROWS):
                ROWS[name](bench, catalog)
    table.note(f"done after {time.monotonic() - began:.0f} s with {options.products:,} products\n")
    table.print()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    names = [MEMORY, SYNC, *ROWS]
    parser.add_argument("--only", type=lambda text: text.split(","), help=f"some of {','.join(names)}")
    parser.add_argument("--products", type=int, default=100_000, help="rows in the catalog (%(default)s)")
    parser.add_argument(
        "--patience", type=float, default=0, help="seconds to wait before each row for other programs to rest"
    )
    options = parser.parse_args()
    if unknown := set(options.only or ()) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return options


@contextmanager
def _bench(table: Table, wanted: list[str], patience: float) -> Iterator[Bench]:
    with (
        tempfile.TemporaryDirectory(prefix="ecatalog-bench-") as folder,
        running(Path(folder) / "data", environment=NO_LIMITS) as cluster,
    ):
        if MEMORY in wanted:
            table.note(f"healthy; {IDLE_SECONDS} s of rest before its memory is read")
            time.sleep(IDLE_SECONDS)
            table.add("idle memory of all processes", memory.whole(cluster))
        api = Api(cluster.base_url)
        token = api.sign_in("admin", "admin123")
        with bare_gateway(cluster, token) as ceiling:
            yield Bench(cluster, api, token, ceiling, table, patience)
        api.close()


def _settle(cluster: Cluster) -> None:
    """Do now what autovacuum would do in the middle of a measurement."""
    service = next(each for each in cluster.components.services if each.name == "catalog")
    with psycopg.connect(cluster.environment.database_url(service), autocommit=True) as connection:
        connection.execute("vacuum analyze")


if __name__ == "__main__":
    sys.exit(main())
