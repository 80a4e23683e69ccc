"""The worker of the auth service."""

import asyncio
import time

from ecatalog.db.database import Database
from ecatalog.events.consumer import Consumer
from ecatalog.runtime.worker import Worker

from auth.handlers import HANDLERS
from auth.keys.service import Keyring
from auth.login_throttle.service import LoginThrottle
from auth.sessions import service as sessions
from auth.settings import AuthSettings

CLEAN_UP_SECONDS = 60


def create(settings: AuthSettings) -> Worker:
    worker = Worker(settings, "auth")
    worker.consume(Consumer(worker.broker, worker.database, "auth", HANDLERS))
    throttle = LoginThrottle(worker.database, time.time)
    keyring = Keyring.of(settings, worker.database, time.time)

    async def keep_clean() -> None:
        await clean_up(worker.database, throttle, keyring, time.time())
        await asyncio.sleep(CLEAN_UP_SECONDS)

    worker.loop("clean-up", keep_clean)
    return worker


async def clean_up(database: Database, throttle: LoginThrottle, keyring: Keyring, now: float) -> None:
    """Delete what can make no difference any more: sessions, counts, addresses and keys."""
    async with database.session() as session:
        await sessions.delete_old(session, now)
        await throttle.delete_old(session)
        await keyring.delete_old(session)
