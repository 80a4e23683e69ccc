"""How many requests a second: the median of several runs, all of whose answers were right."""

import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.cluster import Cluster
from tests.load import generator, wrk
from tests.load.requests import Load
from tests.load.usage import Usage, watched

RUNS = 3
WARM_UP, SECONDS = 1, 2
_SAMPLED = 200
_SIZE_TOLERANCE = 0.25  # wrk looks at no body, so the mean length of its answers must be that of the sample


class WrongAnswersError(Exception):
    """Some answers were not what was asked for, so there is no rate to speak of."""


@dataclass(frozen=True)
class Rate:
    """``p95`` in milliseconds; ``used`` is what the cluster, and others, took for ``answers``."""

    per_second: float
    p95: float
    answers: int = 0
    used: Usage = field(default_factory=Usage)


def tool() -> str:
    """What makes the load, for people."""
    return f"wrk ({wrk.program()})" if wrk.program() else "the generator in tests/load (wrk is not installed)"


def measure(port: int, load: Load, *, runs: int = RUNS, once: bool = False, cluster: Cluster | None = None) -> Rate:
    """Warm up, then measure. ``once``: no request may be sent twice. Raises WrongAnswersError."""
    size = 0.0 if once else _checked_size(port, load)
    with tempfile.TemporaryDirectory(prefix="ecatalog-load-") as folder:
        file = Path(folder) / "requests"
        wrk.write(load, file)
        start = _run(port, load, file, WARM_UP, 0, size)[1]
        rates: list[Rate] = []
        for _ in range(runs):
            with watched(cluster) as used:
                rate, start = _run(port, load, file, SECONDS, start, size)
            rates.append(Rate(rate.per_second, rate.p95, rate.answers, used))
        if once and start > len(load.requests):
            raise WrongAnswersError(f"{len(load.requests)} requests were not enough")
    return median(rates)


def median(rates: Sequence[Rate]) -> Rate:
    """Return the medians of rate and p95, and what all of them took together."""
    used = [rate.used for rate in rates]
    groups = {group for each in used for group in each.cpu}
    return Rate(
        statistics.median(rate.per_second for rate in rates),
        statistics.median(rate.p95 for rate in rates),
        sum(rate.answers for rate in rates),
        Usage(
            {group: sum(each.cpu.get(group, 0.0) for each in used) for group in groups},
            used[-1].memory,
            statistics.median(each.foreign for each in used),
        ),
    )


def _run(port: int, load: Load, file: Path, seconds: int, start: int, size: float) -> tuple[Rate, int]:
    """Measure once; also return where the next run may start."""
    first = start % len(load.requests)
    if program := wrk.program():
        result = wrk.run(program, port, file, seconds, first)
        if result.wrong:
            raise WrongAnswersError(f"{result.wrong} answers of wrk were errors")
        if size and abs(result.size - size) > size * _SIZE_TOLERANCE:
            raise WrongAnswersError(f"answers of {result.size:.0f} bytes, where {size:.0f} were expected")
        rate = Rate(result.per_second, result.p95 * 1000, result.answers)
        return rate, start + result.answers + 2 * generator.CONNECTIONS
    outcome = generator.run(port, load, seconds, first)
    if outcome.wrong:
        raise WrongAnswersError(f"{outcome.wrong} wrong answers, such as: {outcome.example}")
    answers = len(outcome.latencies)
    return Rate(outcome.per_second, outcome.percentile(0.95) * 1000, answers), start + answers


def _checked_size(port: int, load: Load) -> float:
    """The mean length of a sample of answers, each of which was looked at."""
    outcome = generator.sample(port, load, _SAMPLED)
    if outcome.wrong:
        raise WrongAnswersError(f"{outcome.wrong} of {_SAMPLED} answers are wrong, such as: {outcome.example}")
    return outcome.received / len(outcome.latencies)
