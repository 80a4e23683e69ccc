"""How fast positions are taken and shown, on an empty table and beside ten million points."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import psycopg

from tests.load import generator, points_by_hand
from tests.load.bench import Bench
from tests.load.foreign import wait_until_quiet
from tests.load.goals import GATEWAY, HAND
from tests.load.latency import latency
from tests.load.rates import RUNS, SECONDS, WARM_UP, Rate, WrongAnswersError, median
from tests.load.requests import Load
from tests.load.usage import watched

PATH = "/api/v1/agent-location/"
AGENTS = 1000
BATCH = 500
DAY_POINTS = 5000
STORED = 10_000_000
CLIENTS, PHONES = 64, 8
SINGLE_POINTS = 60_000
BATCHES = 1600
BATCHES_BY_HAND = 100

_FILL = """
    insert into location_point (fixed_at, created_at, updated_at, logged_at, agent_code, latitude, longitude, speed,
                                accuracy, battery_level)
    select moment, moment, moment, moment, 'LOAD-' || to_char(agent, 'FM0000'), 41 + (number %% 977) / 1e4,
           69 + (number %% 983) / 1e4, 1.5, 5, 80
      from generate_series(%(first)s::int, %(last)s::int - 1) number, generate_series(0, %(agents)s::int - 1) agent,
           lateral (select %(start)s::timestamptz + number * interval '17 seconds' as moment) m
"""
_COUNT = (
    "insert into agent_position (agent_code, points, point_id, fixed_at, latitude, longitude, unpublished)"
    " select distinct on (agent_code) agent_code, count(*) over (partition by agent_code), id, fixed_at, latitude,"
    " longitude, false from location_point where agent_code like 'LOAD-%' order by agent_code, fixed_at desc"
    " on conflict (agent_code) do nothing",
    "vacuum analyze location_point",
    "vacuum analyze agent_position",
)


def measure(bench: Bench) -> None:
    """Fill the table between the rows."""
    gateway = {GATEWAY: bench.ceiling.per_second_of_generator(CLIENTS)}
    _row(bench, "points one by one", _singles(bench), CLIENTS, ceilings=gateway)
    hand = {HAND: points_by_hand.rate(bench.database_url("location"), list(islice(_batches(0), BATCHES_BY_HAND)))}
    load = _batch_load(bench, 0)
    empty = _row(bench, "points in batches of 500", load, PHONES, each=BATCH, ceilings=hand)
    start = _fill(bench)
    full = _row(bench, "batches beside 10 million points", _batch_load(bench, 1), PHONES, each=BATCH)
    if empty and full:
        bench.table.add("the same, of an empty table's", full / empty)
    days = [f"trajectory/?agent_code=LOAD-{n:04}&date={start:%Y-%m-%d}" for n in range(AGENTS)]
    load = Load([bench.encoder.get(PATH + day) for day in days], marker=b'"lat"', rows=DAY_POINTS)
    latency(bench, "an agent's day of 5,000 points", load)
    latest = Load([bench.encoder.get(f"{PATH}latest/?bbox=69,41,70,42")], marker=b'"agent_code"')
    latency(bench, "where 1,000 agents are", latest)


def _singles(bench: Bench) -> Load:
    """Phones that send each point as soon as they have it."""
    points = (
        {"agent_code": f"ONE-{number % AGENTS:04}", "latitude": 41.3, "longitude": 69.2, "speed": 1.5, "accuracy": 5}
        for number in range(SINGLE_POINTS)
    )
    return Load([bench.encoder.send("POST", PATH, point) for point in points], 201, marker=b'"agent_code"', rows=1)


def _batches(series: int) -> Iterator[list[dict[str, Any]]]:
    """Yield the last 500 points of phones, in order and each another one; a later ``series`` goes on from there."""
    start = datetime.now(UTC) - timedelta(days=1, seconds=(2 - series) * BATCHES * BATCH)
    for number in range(BATCHES):
        yield [
            {
                "agent_code": f"MANY-{number % AGENTS:04}", "latitude": 41 + place / 1e4, "longitude": 69 + place / 1e4,
                "accuracy": 5.5, "speed": 1.25, "heading": 90.0, "battery_level": 80.5,
                "logged_at": (start + timedelta(seconds=number * BATCH + place)).isoformat(),
            }
            for place in range(BATCH)
        ]  # fmt: skip


def _batch_load(bench: Bench, series: int) -> Load:
    requests = [bench.encoder.send("POST", f"{PATH}batch/", points) for points in _batches(series)]
    return Load(requests, marker=b'"stored":%d,' % BATCH, rows=1)


def _row(
    bench: Bench,
    name: str,
    load: Load,
    connections: int,
    each: int = 1,
    ceilings: Mapping[str, float] | None = None,
) -> float | None:
    """The points a second, None when they could not be measured; no request is sent twice."""
    wait_until_quiet(bench.patience)
    sent = _run(bench, load, WARM_UP, 0, connections)[1]
    rates = []
    try:
        for _ in range(RUNS):
            with watched(bench.cluster) as used:
                outcome, sent = _run(bench, load, SECONDS, sent, connections)
            points = len(outcome.latencies) * each
            rates.append(Rate(outcome.per_second * each, outcome.percentile(0.95) * 1000, points, used))
    except WrongAnswersError as error:
        bench.table.fail(name, str(error))
        return None
    rate = median(rates)
    bench.table.add(name, rate.per_second, p95=rate.p95, ceilings=ceilings, used=rate.used, units=rate.answers)
    return rate.per_second


def _run(bench: Bench, load: Load, seconds: float, start: int, connections: int) -> tuple[generator.Outcome, int]:
    outcome = generator.run(bench.cluster.port, load, seconds, start, connections)
    sent = start + len(outcome.latencies) + outcome.wrong
    if outcome.wrong or sent > len(load.requests):
        raise WrongAnswersError(outcome.example or f"{len(load.requests)} requests were not enough")
    return outcome, sent


def _fill(bench: Bench) -> datetime:
    """Store ten million points straight in the database, from midnight in Tashkent on; the first day of them."""
    days = STORED // AGENTS // DAY_POINTS
    start = datetime.now(UTC).replace(hour=19, minute=0, second=0, microsecond=0) - timedelta(days=days + 3)
    with psycopg.connect(bench.database_url("location"), autocommit=True) as connection:
        bench.table.note(f"{STORED:,} points are stored")
        for day in range(days):
            numbers = {"first": 0, "last": DAY_POINTS, "agents": AGENTS, "start": start + timedelta(days=day)}
            connection.execute(_FILL, numbers)
        for statement in _COUNT:
            connection.execute(statement)
    return start + timedelta(days=1)
