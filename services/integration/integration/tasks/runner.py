"""Working on tasks: a few at a time, each under a lease."""

import asyncio
from contextlib import suppress

import psycopg
from ecatalog.core.concurrency import until_first_ends
from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.db.notify import Bell, heard
from ecatalog.events.broker import Broker
from ecatalog.telemetry.context import bound
from ecatalog.telemetry.logging import logger
from sqlalchemy.exc import DBAPIError

from integration.connectors.soap import SourceError
from integration.dispatch.service import Dispatcher
from integration.integrations.service import load, source_settings
from integration.settings import IntegrationSettings
from integration.staging.service import fetch
from integration.tasks.outages import is_away
from integration.tasks.presence import Presence
from integration.tasks.queue import HEARTBEAT_SECONDS, Lease, LeaseLost, beat, claim, hold, release
from integration.tasks.service import fail

log = logger(__name__)

LOOK_SECONDS = 2.0
# A task that brings the worker down each time it is tried must not be tried for ever.
MAX_LEASES = 100


class Runner:
    """Takes tasks from the queue and works on one at a time; a worker runs several runners."""

    def __init__(
        self, database: Database, broker: Broker, presence: Presence, bell: Bell, settings: IntegrationSettings
    ) -> None:
        self._database = database
        self._broker = broker
        self._presence = presence
        self._bell = bell
        self._settings = settings

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            ring = self._bell.next()
            try:
                lease = await claim(self._database, await self._presence.wait())
                if lease is None:
                    await heard(ring, LOOK_SECONDS)
                else:
                    await self._work(lease)
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("syncs wait", error=str(error) or type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)

    async def _work(self, lease: Lease) -> None:
        with bound(lease.request_id):
            await self._work_on(lease)

    async def _work_on(self, lease: Lease) -> None:
        try:
            await until_first_ends(self._advance(lease), self._keep(lease))  # only while the lease can be kept
        except LeaseLost:
            log.info("a sync was cancelled or taken over", task_id=str(lease.task_id))
        except SourceError as error:
            log.warning("a source cannot be read", task_id=str(lease.task_id), cause=error.cause, detail=error.detail)
            await self._fail(lease, error.message)
        finally:
            with suppress(psycopg.Error, DBAPIError):  # the lease runs out by itself
                await release(self._database, lease)

    async def _advance(self, lease: Lease) -> None:
        """Bring the task to its end, from wherever it stands."""
        if lease.fence > MAX_LEASES:
            await self._fail(lease, f"The sync was interrupted {MAX_LEASES} times and is given up")
            return
        try:
            if lease.status == "fetching":
                await self._fetch(lease)
            await Dispatcher(self._database, self._broker, self._bell, lease).run()
        except (SourceError, LeaseLost):
            raise
        except Exception as error:
            if is_away(error):
                raise
            log.exception("a sync failed", task_id=str(lease.task_id), exc_info=error)
            await self._fail(lease, "The sync failed because of an error of its own; see the log of the worker")

    async def _fetch(self, lease: Lease) -> None:
        async with self._database.session() as session:
            try:
                integration = await load(session, lease.integration_id)
            except NotFound:
                integration = None
        if integration is None:
            await self._fail(lease, "The integration was deleted")
        else:
            await fetch(self._database, lease, source_settings(integration, self._settings), integration)

    async def _fail(self, lease: Lease, message: str) -> None:
        with suppress(LeaseLost):  # whoever has the task now sees for themselves
            async with self._database.session() as session:
                await hold(session, lease)
                await fail(session, lease.task_id, message)

    async def _keep(self, lease: Lease) -> None:
        while True:
            ring = self._bell.next()
            await beat(self._database, lease)
            await heard(ring, HEARTBEAT_SECONDS)
