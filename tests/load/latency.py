"""How long one client waits for an answer when nobody else asks."""

from tests.load import generator
from tests.load.bench import Bench
from tests.load.rates import SECONDS, WARM_UP
from tests.load.requests import Load


def latency(bench: Bench, name: str, load: Load, *, once: bool = False) -> None:
    """Add the milliseconds of the median answer. ``once``: no request may be sent twice."""
    warm = generator.run(bench.cluster.port, load, WARM_UP, 0, 1)
    start = len(warm.latencies)
    with bench.watched() as used:
        outcome = generator.run(bench.cluster.port, load, SECONDS, start, 1)
    answers = len(outcome.latencies)
    if outcome.wrong:
        bench.table.fail(name, outcome.example)
    elif once and start + answers > len(load.requests):
        bench.table.fail(name, f"{len(load.requests)} requests were not enough")
    else:
        p95 = outcome.percentile(0.95) * 1000
        bench.table.add(name, outcome.percentile(0.5) * 1000, p95=p95, used=used, units=answers)
