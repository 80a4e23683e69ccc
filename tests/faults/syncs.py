"""A large sync that can be disturbed in its middle, and everything it must end with."""

import csv
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.demo.api import Api, SyncStatus
from tests.onec import OneC
from tests.sources import Source, connect, walk

GENERATED = 20_000
CHUNK = 200
ENDS_WITHIN = 180.0


@dataclass(frozen=True)
class Rows:
    """Which products 1C serves, how many, and how many of them are spoilt (bad or double)."""

    count: int
    arguments: tuple[str, ...] = ()
    mode: str = "bad-100"


@dataclass(frozen=True)
class Numbers:
    """Everything that a sync tells about itself, and what the catalog then holds."""

    status: str
    total: int
    created: int
    updated: int
    unchanged: int
    errors: int
    reasons: tuple[tuple[str | None, str], ...]
    listed: int


def rows_from_environment() -> Rows:
    """The products of the file that PRODUCTS_CSV names, else invented ones."""
    file = os.environ.get("PRODUCTS_CSV")
    if file is None:
        return Rows(GENERATED)
    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        count = sum(1 for _ in csv.reader(lines)) - 1
    return Rows(count, ("--products", file))


def connect_rows(api: Api, onec: OneC, rows: Rows) -> Source:
    return connect(api, onec.wsdl(rows.mode), chunk_size=CHUNK)


def sync_undisturbed(api: Api, onec: OneC, rows: Rows) -> Numbers:
    source = connect_rows(api, onec, rows)
    task = api.start_sync("nomenklatura", source.integration)
    numbers = numbers_of(source, task, api.follow_sync(task, ENDS_WITHIN))
    assert numbers.status == "completed"
    assert numbers.total == rows.count == numbers.created + numbers.updated + numbers.errors
    assert numbers.errors == len(numbers.reasons) > 0
    return numbers


def sync_disturbed(source: Source, disturb: Callable[[], None], is_time: Callable[[SyncStatus], bool]) -> Numbers:
    """Start a sync, disturb it once as soon as it ``is_time``, and follow it to its end."""
    task = source.api.start_sync("nomenklatura", source.integration)
    wait_until(source.api, task, is_time)
    disturb()
    processed = 0

    def never_falls(status: SyncStatus) -> None:
        nonlocal processed
        assert status.processed >= processed, "progress went backwards"
        processed = status.processed

    return numbers_of(source, task, source.api.follow_sync(task, ENDS_WITHIN, never_falls))


def in_the_middle(status: SyncStatus) -> bool:
    """A part of the rows is applied, and a part is not."""
    return status.status == "processing" and 0 < status.processed < status.total * 0.8


def while_fetching(status: SyncStatus) -> bool:
    return status.status == "fetching"


def numbers_of(source: Source, task: str, end: SyncStatus) -> Numbers:
    path = f"/api/v1/integration/sync/status/{task}/errors/"
    reasons = sorted(((row["code"], row["error"]) for row in walk(source.api, path, limit=100)), key=str)
    return Numbers(
        status=f"{end.status}: {end.message}" if end.message else end.status,
        total=end.total,
        created=end.created,
        updated=end.updated,
        unchanged=end.unchanged,
        errors=end.errors,
        reasons=tuple(reasons),
        listed=source.products(),
    )


def wait_until(api: Api, task: str, is_time: Callable[[SyncStatus], bool]) -> None:
    """Wait until ``is_time``, which comes before the end of the sync."""
    status = api.sync_status_if_there(task)
    while status is None or not is_time(status):
        assert status is None or not status.ended, f"the sync ended before it could be disturbed: {status}"
        status = api.sync_status_if_there(task)


def is_answering(api: Api) -> bool:
    """The gateway passes requests on again: it looks only every two seconds whether a service is back."""
    return all(api.http.get(path).status_code == 200 for path in ("/api/v1/project/", "/api/v1/integration/"))
