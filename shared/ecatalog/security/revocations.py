"""Revoked sessions and changed users, held in memory: their tokens no longer mean what they say."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from pydantic import BaseModel

from ecatalog.contracts.auth import SESSION_REVOKED, USER_CHANGED, SessionRevoked, UserChanged
from ecatalog.core.errors import ApiError, Unavailable
from ecatalog.events import pull_loop
from ecatalog.events.broker import Broker
from ecatalog.events.envelope import UnknownType, decode
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.waiting import Wait

log = logger(__name__)

OVERLAP_SECONDS = 120
BATCH = 100
PAUSE_SECONDS = 1.0
PATIENCE_SECONDS = 0.5
"""A request waits this many seconds for the first reading: a process that has just started needs a few milliseconds."""


class SequencedUser(UserChanged):
    """A user's rights with the sequence of the event that published them."""

    sequence: int


class Snapshot(BaseModel):
    """The changes within the lifetime of an access token."""

    users: list[SequencedUser]
    sessions: list[SessionRevoked]


SnapshotLoader = Callable[[], Awaitable[Snapshot]]


class Revocations:
    """Follows auth's events after reading its snapshot.

    While auth is down the stream alone is read from one access lifetime ago. ``ready`` once one of the two
    succeeded; after that the snapshot bridges the time without a broker.
    """

    def __init__(self, broker: Broker, snapshot: SnapshotLoader, access_ttl: int) -> None:
        self._broker = broker
        self._snapshot = snapshot
        self._access_ttl = access_ttl
        self._users: dict[int, SequencedUser] = {}
        self._sessions: dict[str, int] = {}
        self._read = asyncio.Event()
        self._auth, self._stream = Wait(log), Wait(log)

    @property
    def ready(self) -> bool:
        """Tell whether the revocations are known."""
        return self._read.is_set()

    async def wait_until_ready(self) -> None:
        """Raise :class:`Unavailable` when neither source has been read in a moment."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._read.wait()
        except TimeoutError:
            raise Unavailable from None

    def user(self, user_id: int) -> UserChanged | None:
        """Return the user's rights as last changed; None when nothing changed since the token was issued."""
        return self._users.get(user_id)

    def is_revoked(self, sid: str) -> bool:
        return self._sessions.get(sid, 0) > time.time()

    def apply_user(self, change: SequencedUser) -> None:
        known = self._users.get(change.user_id)
        if known is None or known.sequence <= change.sequence:
            self._users[change.user_id] = change

    def apply_session(self, revoked: SessionRevoked) -> None:
        self._sessions[revoked.sid] = revoked.until

    async def run(self) -> None:
        """Work until cancelled."""
        await pull_loop.keep(self._read_both, self._stream, "revocations are read from the snapshot", PAUSE_SECONDS)

    async def _read_both(self) -> None:
        have_snapshot = await self._load()
        await self._follow(time.time() - (OVERLAP_SECONDS if have_snapshot else self._access_ttl))

    async def _load(self) -> bool:
        try:
            snapshot = await self._snapshot()
        except ApiError as error:
            self._auth.tell("auth gives no snapshot", error=str(error))
            return False
        self._auth.over()
        for user in snapshot.users:
            self.apply_user(user)
        for session in snapshot.sessions:
            self.apply_session(session)
        self._read.set()
        return True

    async def _follow(self, since: float) -> None:
        if not self._broker.connected:
            raise ConnectionError("the broker is away")
        config = ConsumerConfig(
            filter_subjects=[f"{USER_CHANGED.subject}.>", f"{SESSION_REVOKED.subject}.>"],
            ack_policy=AckPolicy.NONE,
            deliver_policy=DeliverPolicy.BY_START_TIME,
            opt_start_time=datetime.fromtimestamp(since, UTC),
            inactive_threshold=60,
            mem_storage=True,
        )
        subscription, info = await pull_loop.subscribe(self._broker, USER_CHANGED.stream, config)
        self._stream.over()
        if not info.num_pending:
            self._read.set()
        while True:
            messages = await pull_loop.fetch(subscription, BATCH)
            for message in messages:
                self._apply(message.data)
                if not message.metadata.num_pending:
                    self._read.set()
            if not messages:
                self._forget_old()
                await subscription.consumer_info()  # raises when it vanished with the broker's store

    def _apply(self, body: bytes) -> None:
        try:
            event: Any = decode(body)
        except UnknownType:
            return
        except ValueError as error:
            log.error("a message is left out", error=str(error))
            return
        if isinstance(event.data, UserChanged):
            self.apply_user(SequencedUser(**event.data.model_dump(), sequence=event.sequence))
        elif isinstance(event.data, SessionRevoked):
            self.apply_session(event.data)

    def _forget_old(self) -> None:
        now = time.time()
        self._sessions = {sid: until for sid, until in self._sessions.items() if until > now}
