"""How long a sign-in takes, and what it costs those who are signed in already."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.demo.api import Api
from tests.load import generator
from tests.load.bench import Bench
from tests.load.catalog import Catalog
from tests.load.rates import WrongAnswersError, measure
from tests.load.requests import Encoder, Load

ADMINISTRATOR: dict[str, object] = {"username": "admin", "password": "admin123"}
SECONDS = 4.0
BESIDE = 10  # sign-ins a second


def one_after_another(bench: Bench) -> None:
    name = "sign-in, one after another"
    request = Encoder(bench.cluster.port, bench.token).send("POST", "/api/token/", ADMINISTRATOR)
    outcome = generator.run(bench.cluster.port, Load([request], marker=b'"access"', rows=1), SECONDS, connections=1)
    if outcome.wrong:
        bench.table.fail(name, outcome.example)
    else:
        bench.table.add(name, outcome.percentile(0.95) * 1000)


def beside_others(bench: Bench, catalog: Catalog) -> None:
    """Compares the rate of details with and without people signing in."""
    name = "details beside 10 sign-ins a second"
    details = catalog.details(bench.encoder)
    try:
        alone = measure(bench.cluster.port, details)
        with _signing_in(bench.cluster.base_url):
            beside = measure(bench.cluster.port, details)
    except WrongAnswersError as error:
        bench.table.fail(name, str(error))
    else:
        bench.table.add(name, beside.per_second / alone.per_second, p95=beside.p95)


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
