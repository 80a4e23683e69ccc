"""``manage.py sync list``, ``run`` and ``watch``."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from ecatalog.commands.problems import Problem
from ecatalog.core.clock import local_zone
from ecatalog.db.database import Database
from ecatalog.jobs.timing import Timing
from integration.alarms.service import raise_alarm
from integration.cli import app
from integration.settings import IntegrationSettings
from integration.syncs import service
from integration.syncs.console import start_and_watch, watch
from integration.worker import create
from typer.testing import CliRunner

from ..builders import NOON, add_integration, add_project, add_run, add_schedule, count, sync
from ..catalog import CatalogWorker
from ..onec import product, products, serving_products

Call = Callable[..., tuple[int, str]]


@pytest.fixture
async def integration(database: Database) -> int:
    await add_project(database)
    return await add_integration(database, name="Main base")


@pytest.fixture
def call(settings: IntegrationSettings, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("DATABASE_URL", settings.dsn)
    monkeypatch.setenv("COLUMNS", "160")

    def call(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["sync", *map(str, arguments)])
        return result.exit_code, result.output

    return call


async def ended(database: Database, integration: int, status: str = "succeeded", errors: int = 0) -> UUID:
    """A run of 100 products, of which so many could not be stored."""
    task_id = await add_run(database, integration, status, NOON)
    about = {"task_id": task_id, "errors": errors}
    await database.execute(
        "update job set total = 100, processed = 100, created = 12, updated = 88 - %(errors)s, unchanged = 50,"
        " errors = %(errors)s, warnings = '[\"a field is not mapped\"]' where task_id = %(task_id)s",
        about,
    )
    await database.execute(
        "insert into job_error (job_id, code, error) select j.id, 'C-' || n, 'no name' from job j"
        " cross join generate_series(1, %(errors)s) n where j.task_id = %(task_id)s order by n",
        about,
    )
    return task_id


@pytest.fixture
async def done(database: Database, integration: int) -> UUID:
    return await ended(database, integration)


def test_run_that_is_done_ends_with_0_and_its_numbers(call: Call, done: UUID) -> None:
    code, output = call("watch", done)
    assert code == 0
    assert "nomenklatura succeeded: 100 rows, 12 created, 88 updated (50 unchanged), 0 errors" in output
    assert "  a field is not mapped\n" in output
    assert "100/100" in output


@pytest.fixture
async def of_files(database: Database, integration: int) -> UUID:
    """A run that read files, which hold several streams."""
    task_id = await ended(database, integration)
    await database.execute(
        """
        insert into sync_stream (job_id, stream, total, processed, created, updated, unchanged, parked, errors)
        select j.id, s.* from job j cross join (values ('prices', 40, 40, 0, 37, 7, 2, 1),
               ('nomenklatura', 60, 60, 12, 48, 43, 0, 0), ('groups', 5, 5, 0, 0, 0, 0, 0)) s
         where j.task_id = %(task_id)s
        """,
        {"task_id": task_id},
    )
    return task_id


def test_each_stream_of_a_run_has_a_bar_and_its_numbers(call: Call, of_files: UUID) -> None:
    code, output = call("watch", of_files)
    assert code == 0
    assert [line.split()[0] for line in output.splitlines() if "━" in line] == [
        "groups", "nomenklatura", "prices"
    ]  # fmt: skip
    assert output[output.index("all streams succeeded: 100 rows, 12 created") :].splitlines()[1:4] == [
        "  groups: 5 records",
        "  nomenklatura: 60 records, 12 created, 48 updated (43 unchanged), 0 parked, 0 errors",
        "  prices: 40 records, 0 created, 37 updated (7 unchanged), 2 parked, 1 errors",
    ]


@pytest.fixture
async def with_errors(database: Database, integration: int) -> UUID:
    return await ended(database, integration, errors=12)


def test_run_with_errors_ends_with_3_and_the_first_ten(call: Call, with_errors: UUID) -> None:
    code, output = call("watch", with_errors)
    assert code == 3
    assert [f"C-{number}: no name\n" in output for number in (1, 10, 11)] == [True, True, False]
    assert f"  … and 2 more: GET /api/v1/integration/sync/status/{with_errors}/errors/\n" in output


@pytest.fixture
async def failed(database: Database, integration: int) -> UUID:
    return await ended(database, integration, "failed")


def test_run_that_failed_ends_with_1_and_the_reason(call: Call, failed: UUID, with_errors: UUID) -> None:
    code, output = call("watch", failed)
    assert (code, "  1C is away\n" in output) == (1, True)
    assert call("watch", with_errors, failed)[0] == 1, "of several runs the worst counts"


@pytest.mark.usefixtures("integration")
def test_id_that_no_run_has_is_one_clear_line(settings: IntegrationSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.dsn)
    unknown = uuid4()
    result = CliRunner().invoke(app, ["sync", "watch", str(unknown)])
    assert isinstance(result.exception, Problem)
    assert str(result.exception) == f"there is no run {unknown}"


async def test_interruption_leaves_the_run_going_and_says_how_to_come_back(
    settings: IntegrationSettings, database: Database, integration: int
) -> None:
    task_id = await add_run(database, integration, "doing", NOON)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has it ignored by what runs in its background
    watching = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "integration.cli", "sync", "watch", str(task_id),
        env={**os.environ, "DATABASE_URL": settings.dsn}, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert watching.stderr is not None
    assert b"Watching" in await watching.stderr.readline()
    watching.send_signal(signal.SIGINT)
    output, errors = await watching.communicate()
    assert (watching.returncode, errors) == (130, b"")
    assert f"The run goes on. Come back to it with: python manage.py sync watch {task_id}\n" in output.decode()
    assert (await sync(database, task_id))["status"] != "error"
    assert await count(database, "job where status = 'doing'") == 1


@pytest.fixture
async def worker(settings: IntegrationSettings, catalog_worker: CatalogWorker) -> AsyncIterator[CatalogWorker]:
    async with create(settings).working():
        yield catalog_worker


@pytest.mark.usefixtures("worker")
async def test_run_is_started_and_watched_to_its_end(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    await add_project(database)
    async with serving_products([*products(20), product(None)]) as onec:
        integration = await add_integration(database, onec.url())
        assert await start_and_watch(database, integration, ["nomenklatura"], "full") == 3
    assert "nomenklatura succeeded: 21 rows, 20 created, 0 updated (0 unchanged), 1 errors" in capsys.readouterr().out
    assert await count(database, "job where args ->> 'started_by' = 'user'") == 1


@pytest.mark.usefixtures("worker")
async def test_streams_are_watched_together(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    await add_project(database)
    async with serving_products(products(5)) as onec:
        integration = await add_integration(database, onec.url())
        assert await start_and_watch(database, integration, ["clients", " nomenklatura"], "full") == 0
    output = capsys.readouterr().out
    assert output.index("nomenklatura succeeded: 5 rows") < output.index("clients succeeded: 0 rows")


@pytest.mark.parametrize(
    ("values", "streams", "reason"),
    [
        ("name = 'x'", ["prices"], "there is no stream prices; there are nomenklatura, clients"),
        ("is_active = false", ["clients"], "switched off"),
        ("is_paused = true, pause_reason = 'stocktaking'", ["clients"], "Paused: stocktaking"),
        ("is_deleted = true", ["clients"], "there is no integration 1"),
        ("kind = 'commerceml-file'", ["clients"], "1C brings the rows"),
    ],
)
async def test_run_that_cannot_be_started_is_one_clear_line(
    database: Database, integration: int, values: str, streams: list[str], reason: str
) -> None:
    await database.execute(f"update integration set {values}")  # noqa: S608 - the test's own texts
    with pytest.raises(Problem, match=reason):
        await start_and_watch(database, integration, streams, "full")


async def test_incremental_run_is_one(database: Database, integration: int) -> None:
    await database.execute("update integration set is_active = false")
    with pytest.raises(Problem, match="switched off"):
        await start_and_watch(database, integration, ["nomenklatura"], "incremental")
    await database.execute("update integration set is_active = true")
    started = await service.start(database, integration, "nomenklatura", mode="incremental")
    assert (await sync(database, started["task_id"]))["args"]["mode"] == "incremental"


async def test_watch_shows_what_a_run_does(
    database: Database, integration: int, capsys: pytest.CaptureFixture[str]
) -> None:
    task_id = await add_run(database, integration, "todo", NOON)
    following = asyncio.create_task(watch(database, [task_id]))
    await database.execute("update job set status = 'cancelled', error = 'Cancelled by user 5', finished_at = now()")
    assert await following == 1
    assert "Cancelled by user 5" in capsys.readouterr().out


@pytest.fixture
async def several(database: Database, integration: int) -> None:
    await add_run(database, integration, "succeeded", NOON)
    await add_run(database, integration, "failed", NOON + timedelta(minutes=5), "clients")
    await add_schedule(database, integration, Timing(90, None, "Asia/Tashkent"))
    await add_integration(database, name="Second base", is_paused=True)
    await add_integration(database, name="Third base", is_active=False, kind="commerceml-file")
    async with database.transaction() as connection:
        await raise_alarm(connection, integration, "failed", "They failed.", stream="clients")


@pytest.mark.usefixtures("several")
def test_list_shows_how_integrations_are(call: Call) -> None:
    code, output = call("list")
    assert code == 0
    names = ("Main base", "Second base", "Third base")
    rows = {name: line for line in output.splitlines() for name in names if name in line}
    noon = NOON.astimezone(local_zone())
    assert f"nomenklatura succeeded {noon:%Y-%m-%d %H:%M}" in output
    assert f"clients failed {noon + timedelta(minutes=5):%Y-%m-%d %H:%M}" in output
    assert f"{noon + timedelta(minutes=90):%Y-%m-%d %H:%M}" in rows["Main base"]
    assert "failed clients since" in rows["Main base"]
    assert ["on" in rows["Main base"], "paused" in rows["Second base"], "off" in rows["Third base"]] == [True] * 3


@pytest.mark.usefixtures("database")
def test_list_of_nothing_says_so(call: Call) -> None:
    assert call("list") == (0, "There are no integrations.\n")
