"""How long a sign-in takes, and what it costs those who are signed in already."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.demo.api import Api
from tests.load import generator
from tests.load.bench import Bench
from tests.load.catalog import Catalog
from tests.load.foreign import foreign_cpu, wait_until_quiet
from tests.load.rates import RUNS, Rate, WrongAnswersError, measure, median
from tests.load.requests import Encoder, Load

ADMINISTRATOR: dict[str, object] = {"username": "admin", "password": "admin123"}
SECONDS = 4.0
BESIDE = 10  # sign-ins a second


def one_after_another(bench: Bench) -> None:
    name = "sign-in, one after another"
    request = Encoder(bench.cluster.port, bench.token).send("POST", "/api/token/", ADMINISTRATOR)
    load = Load([request], marker=b'"access"', rows=1)
    wait_until_quiet(bench.patience)
    with foreign_cpu() as foreign:
        outcome = generator.run(bench.cluster.port, load, SECONDS, connections=1)
    if outcome.wrong:
        bench.table.fail(name, outcome.example)
    else:
        bench.table.add(name, outcome.percentile(0.95) * 1000, foreign=foreign.cores)


def beside_others(bench: Bench, catalog: Catalog) -> None:
    """Compares the rate of details with and without people signing in."""
    name = "details beside 10 sign-ins a second"
    details = catalog.details(bench.encoder)
    alone: list[Rate] = []
    beside: list[Rate] = []
    wait_until_quiet(bench.patience)
    try:
        for _ in range(RUNS):  # in turn, so that what other programs do strikes both alike
            alone.append(measure(bench.cluster.port, details, runs=1))
            with _signing_in(bench.cluster.base_url):
                beside.append(measure(bench.cluster.port, details, runs=1))
    except WrongAnswersError as error:
        bench.table.fail(name, str(error))
    else:
        part = median(beside).per_second / median(alone).per_second
        bench.table.add(name, part, p95=median(beside).p95, foreign=median(beside).foreign)


@contextmanager
def _signing_in(base_url: str) -> Iterator[None]:
    over = threading.Event()

    def work() -> None:
        api = Api(base_url)
        while not over.is_set():
            began = time.monotonic()
            api.post("/api/token/", {"username": "admin", "password": "admin123"})
            over.wait(max(0.0, 1 / BESIDE - (time.monotonic() - began)))
        api.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
