"""How fast positions are taken and shown, on an empty table and beside ten million points."""

from datetime import UTC, datetime, timedelta

import psycopg

from tests.load import generator
from tests.load.bench import Bench
from tests.load.foreign import foreign_cpu, wait_until_quiet
from tests.load.rates import RUNS, SECONDS, WARM_UP, Rate, WrongAnswersError, median
from tests.load.requests import Load

PATH = "/api/v1/agent-location/"
AGENTS = 1000
BATCH = 500
DAY_POINTS = 5000
STORED = 10_000_000
CLIENTS, PHONES = 64, 8
SINGLE_POINTS = 60_000
BATCHES = 1600

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
    _row(bench, "points one by one", _singles(bench), CLIENTS)
    empty = _row(bench, "points in batches of 500", _batches(bench, 0), PHONES, each=BATCH)
    start = _fill(bench)
    full = _row(bench, "batches beside 10 million points", _batches(bench, 1), PHONES, each=BATCH)
    if empty and full:
        bench.table.add("batches beside them, of those on an empty table", full / empty)
    days = [f"trajectory/?agent_code=LOAD-{n:04}&date={start:%Y-%m-%d}" for n in range(AGENTS)]
    load = Load([bench.encoder.get(PATH + day) for day in days], marker=b'"lat"', rows=DAY_POINTS)
    _latency(bench, "an agent's day of 5,000 points", load)
    latest = Load([bench.encoder.get(f"{PATH}latest/?bbox=69,41,70,42")], marker=b'"agent_code"')
    _latency(bench, "where 1,000 agents are", latest)


def _singles(bench: Bench) -> Load:
    """Phones that send each point as soon as they have it."""
    points = (
        {"agent_code": f"ONE-{number % AGENTS:04}", "latitude": 41.3, "longitude": 69.2, "speed": 1.5, "accuracy": 5}
        for number in range(SINGLE_POINTS)
    )
    return Load([bench.encoder.send("POST", PATH, point) for point in points], 201, marker=b'"agent_code"', rows=1)


def _batches(bench: Bench, series: int) -> Load:
    """Phones that send their last 500 points, in order and each another one; a later ``series`` goes on from there."""
    start = datetime.now(UTC) - timedelta(days=1, seconds=(2 - series) * BATCHES * BATCH)
    requests = []
    for number in range(BATCHES):
        points = [
            {
                "agent_code": f"MANY-{number % AGENTS:04}", "latitude": 41 + place / 1e4, "longitude": 69 + place / 1e4,
                "accuracy": 5.5, "speed": 1.25, "heading": 90.0, "battery_level": 80.5,
                "logged_at": (start + timedelta(seconds=number * BATCH + place)).isoformat(),
            }
            for place in range(BATCH)
        ]  # fmt: skip
        requests.append(bench.encoder.send("POST", f"{PATH}batch/", points))
    return Load(requests, marker=b'"stored":%d,' % BATCH, rows=1)


def _row(bench: Bench, name: str, load: Load, connections: int, each: int = 1) -> float | None:
    """The points a second, None when they could not be measured; no request is sent twice."""
    wait_until_quiet(bench.patience)
    sent = _run(bench, load, WARM_UP, 0, connections)[1]
    rates = []
    try:
        for _ in range(RUNS):
            with foreign_cpu() as foreign:
                outcome, sent = _run(bench, load, SECONDS, sent, connections)
            rates.append(Rate(outcome.per_second * each, outcome.percentile(0.95) * 1000, foreign.cores))
    except WrongAnswersError as error:
        bench.table.fail(name, str(error))
        return None
    rate = median(rates)
    bench.table.add(name, rate.per_second, p95=rate.p95, foreign=rate.foreign)
    return rate.per_second


def _run(bench: Bench, load: Load, seconds: float, start: int, connections: int) -> tuple[generator.Outcome, int]:
    outcome = generator.run(bench.cluster.port, load, seconds, start, connections)
    sent = start + len(outcome.latencies) + outcome.wrong
    if outcome.wrong or sent > len(load.requests):
        raise WrongAnswersError(outcome.example or f"{len(load.requests)} requests were not enough")
    return outcome, sent


def _latency(bench: Bench, name: str, load: Load) -> None:
    """Milliseconds of the median answer to one client."""
    wait_until_quiet(bench.patience)
    generator.run(bench.cluster.port, load, WARM_UP, 0, 1)
    with foreign_cpu() as foreign:
        outcome = generator.run(bench.cluster.port, load, SECONDS, 0, 1)
    if outcome.wrong:
        bench.table.fail(name, outcome.example)
        return
    p95 = outcome.percentile(0.95) * 1000
    bench.table.add(name, outcome.percentile(0.5) * 1000, p95=p95, foreign=foreign.cores)


def _fill(bench: Bench) -> datetime:
    """Store ten million points straight in the database, from midnight in Tashkent on; the first day of them."""
    service = next(each for each in bench.cluster.components.services if each.name == "location")
    days = STORED // AGENTS // DAY_POINTS
    start = datetime.now(UTC).replace(hour=19, minute=0, second=0, microsecond=0) - timedelta(days=days + 3)
    with psycopg.connect(bench.cluster.environment.database_url(service), autocommit=True) as connection:
        bench.table.note(f"{STORED:,} points are stored")
        for day in range(days):
            numbers = {"first": 0, "last": DAY_POINTS, "agents": AGENTS, "start": start + timedelta(days=day)}
            connection.execute(_FILL, numbers)
        for statement in _COUNT:
            connection.execute(statement)
    return start + timedelta(days=1)
