"""How long a sign-in takes beside what it cannot do without, and what it costs those who are signed in already."""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from auth.passwords import recommended

from deploy.local.demo.api import Api
from tests.load import generator
from tests.load.bench import Bench
from tests.load.catalog import Catalog
from tests.load.foreign import wait_until_quiet
from tests.load.goals import IDLE, VERIFICATION
from tests.load.rates import RUNS, WARM_UP, Rate, WrongAnswersError, measure, median
from tests.load.requests import Encoder, Load

ADMINISTRATOR: dict[str, object] = {"username": "admin", "password": "admin123"}
SECONDS = 4.0
BESIDE = 10  # sign-ins a second
AT_ONCE = 16
VERIFICATIONS = 50


def one_after_another(bench: Bench) -> None:
    name = "sign-in, one after another"
    hand = _verification()
    with bench.watched() as used:
        outcome = generator.run(bench.cluster.port, _sign_ins(bench), SECONDS, connections=1)
    if outcome.wrong:
        bench.table.fail(name, outcome.example)
    else:
        p95 = outcome.percentile(0.95) * 1000
        bench.table.add(name, p95, p95=p95, ceilings={VERIFICATION: hand}, used=used, units=len(outcome.latencies))


def beside_many(bench: Bench, catalog: Catalog) -> None:
    """Compares how long one client waits for details while 16 people sign in, and while nobody does."""
    name = "one's details beside 16 sign-ins"
    details = catalog.details(bench.encoder)
    wait_until_quiet(bench.patience)
    idle = generator.run(bench.cluster.port, details, SECONDS, connections=1)
    signed_in: list[generator.Outcome] = []
    crowd = threading.Thread(target=lambda: signed_in.append(_crowd(bench)))
    crowd.start()
    time.sleep(WARM_UP)
    with bench.watched() as used:
        beside = generator.run(bench.cluster.port, details, SECONDS, len(idle.latencies), connections=1)
    crowd.join()
    if idle.wrong or beside.wrong or signed_in[0].wrong:
        bench.table.fail(name, idle.example or beside.example or signed_in[0].example)
        return
    p95 = [outcome.percentile(0.95) * 1000 for outcome in (idle, beside)]
    bench.table.add(name, p95[1], p95=p95[1], ceilings={IDLE: p95[0]}, used=used, units=len(beside.latencies))


def _crowd(bench: Bench) -> generator.Outcome:
    seconds = 2 * WARM_UP + SECONDS
    return generator.run(bench.cluster.port, _sign_ins(bench), seconds, connections=AT_ONCE)


def _sign_ins(bench: Bench) -> Load:
    request = Encoder(bench.cluster.port, bench.token).send("POST", "/api/token/", ADMINISTRATOR)
    return Load([request], marker=b'"access"', rows=1)


def _verification() -> float:
    """Milliseconds of one verification by the hasher of the service, when nothing else happens."""
    hasher = recommended()
    known = hasher.hash("admin123")
    spent = []
    for _ in range(VERIFICATIONS):
        began = time.perf_counter()
        hasher.verify(known, "admin123")
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1000


def beside_others(bench: Bench, catalog: Catalog) -> None:
    """Compares the rate of details with and without people signing in."""
    name = "details beside 10 sign-ins/s"
    details = catalog.details(bench.encoder)
    alone: list[Rate] = []
    beside: list[Rate] = []
    wait_until_quiet(bench.patience)
    try:
        for _ in range(RUNS):  # in turn, so that what other programs do strikes both alike
            alone.append(measure(bench.cluster.port, details, runs=1))
            with _signing_in(bench.cluster.base_url):
                beside.append(measure(bench.cluster.port, details, runs=1, cluster=bench.cluster))
    except WrongAnswersError as error:
        bench.table.fail(name, str(error))
    else:
        rate = median(beside)
        part = rate.per_second / median(alone).per_second
        bench.table.add(name, part, p95=rate.p95, used=rate.used, units=rate.answers)


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
