"""The worker: it keeps the projection, and drops what can make no difference any more."""

from auth.keys.service import Keyring
from auth.login_throttle.service import LoginThrottle
from auth.settings import AuthSettings
from auth.worker import clean_up, create
from ecatalog.contracts.catalog import PROJECT_CHANGED, ProjectChanged, ProjectRow
from ecatalog.db.database import Database
from ecatalog.events.broker import Broker
from ecatalog.events.outbox import publish
from ecatalog.events.relay import Relay
from ecatalog.runtime.background import BackgroundTasks
from ecatalog.testing.client import until

from .builders import Api, Clock

COUNTS = """
    select (select count(*) from user_session), (select count(*) from spent_refresh),
           (select count(*) from guess_limit), (select count(*) from known_place)
"""


async def test_clean_up_keeps_what_matters_and_drops_the_rest(api: Api, settings: AuthSettings, clock: Clock) -> None:
    database = Database(settings.dsn)
    throttle, keyring = LoginThrottle(database, clock), Keyring.of(settings, database, clock)
    pair = await api.sign_in("root")
    await api.refresh(pair["refresh"])
    await api.try_sign_in("nobody")
    found = []
    for seconds in (30, 1, 2 * 3600, 7 * 24 * 3600, 90 * 24 * 3600):
        clock.forward(seconds)
        await clean_up(database, throttle, keyring, clock())
        found.append(api.sql(COUNTS)[0])
    await database.close()
    assert found == [(1, 1, 3, 1), (1, 0, 3, 1), (1, 0, 0, 1), (0, 0, 0, 1), (0, 0, 0, 0)]


async def test_worker_follows_the_projects_of_catalog(bare: AuthSettings) -> None:
    worker = create(bare)
    moment = "2026-11-23T12:00:00.000000+05:00"
    row = ProjectRow(
        id=7, code_1c="PROJ-7", name="Seven", is_active=True, is_deleted=False, created_at=moment, updated_at=moment
    )
    background = BackgroundTasks()
    broker = Broker(bare.nats_url, "catalog")
    background.start("catalog's relay", Relay(bare.dsn, broker, "catalog").run)
    background.start("consumer", worker.consumers[0].run)
    async with worker.database.transaction() as connection:
        await publish(connection, PROJECT_CHANGED, ProjectChanged(rows=[row]), key=7)

    async def known() -> bool:
        return await worker.database.fetch_row("select 1 from project where id = 7 and name = 'Seven'") is not None

    await worker.database.open()
    await until(known)
    await background.stop()
    await broker.close()
    await worker.broker.close()
    await worker.database.close()


def test_worker_reports_on_everything_it_runs(bare: AuthSettings) -> None:
    worker = create(bare)
    assert {"database", "broker", "relay"} < set(worker.checks)
    assert [consumer.stream for consumer in worker.consumers] == ["CATALOG"]
    assert set(worker.loops) == {"clean-up"}
