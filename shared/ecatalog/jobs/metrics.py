"""Metrics of jobs: how many wait and run, how they end, and the outcomes of their rows."""

from collections.abc import Mapping, Sequence

from prometheus_client import Counter, Gauge, Histogram

from ecatalog.jobs.schema import UNFINISHED

WAITING = Gauge("jobs_waiting", "Jobs that no worker has claimed; counted up to 100000", ["queue"])
RUNNING = Gauge("jobs_running", "Jobs that a worker has claimed", ["queue"])
OLDEST_WAITING = Gauge("jobs_oldest_waiting_seconds", "How long the oldest job that is due has waited", ["queue"])
FINISHED = Counter("jobs_finished_total", "Jobs that ended", ["task", "status"])
SECONDS = Histogram(
    "job_seconds", "Time from the last claim of a job to its end", ["task"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200),
)  # fmt: skip
ITEMS = Counter("job_items_total", "Rows of jobs whose outcome is known", ["task", "outcome"])
LOST = Counter("jobs_lost_total", "Jobs that were cancelled, or taken over, while a worker was at them", ["task"])
RETRIED = Counter("jobs_retried_total", "Jobs that are tried again after an error", ["task"])

_QUEUE = """
    (select count(*) from (
        select from job where queue = '{queue}' and {unfinished} and status = 'todo' limit 100000) as waiting),
    (select count(*) from job where queue = '{queue}' and {unfinished} and status = 'doing'),
    (select coalesce(extract(epoch from now() - min(scheduled_at))::float8, 0) from job
      where queue = '{queue}' and {unfinished} and status = 'todo' and scheduled_at <= now())
"""


def readings(queues: Sequence[str]) -> tuple[str, list[Gauge]]:
    """Return a statement of one row about these queues, and the gauges that its columns are the values of."""
    columns = (_QUEUE.format(queue=queue, unfinished=UNFINISHED) for queue in queues)
    gauges = [gauge.labels(queue) for queue in queues for gauge in (WAITING, RUNNING, OLDEST_WAITING)]
    return f"select {', '.join(columns)}", gauges


def count_end(task: str, status: str, seconds: float) -> None:
    FINISHED.labels(task, status).inc()
    SECONDS.labels(task).observe(seconds)


def count_items(task: str, outcomes: Mapping[str, int]) -> None:
    for outcome, rows in outcomes.items():
        if rows:
            ITEMS.labels(task, outcome).inc(rows)
