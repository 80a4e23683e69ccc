"""Passwords: argon2id in two threads of their own, so that nothing else waits for them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from secrets import token_hex
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from ecatalog.core.errors import Unavailable
from prometheus_client import Counter

R = TypeVar("R")

THREADS = 2
MAX_WAITING = 64
WORK = Counter("auth_password_work_total", "Runs of argon2id, by what for", ["kind"])


def recommended() -> PasswordHasher:
    """Return argon2id with the least OWASP advises: 19 MiB, two passes, one lane."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class HashingSlot:
    """The right to keep one thread busy."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._unmatched = hasher.hash(token_hex())

    async def verify(self, known: str | None, password: str) -> bool:
        """Tell whether the password belongs to the hash; without one (no such user) False, after the same work."""
        matches = await self._run("verify", lambda: self._matches(known or self._unmatched, password))
        return matches and known is not None

    async def hash(self, password: str) -> str:
        return await self._run("hash", lambda: self._hasher.hash(password))

    async def rehash(self, known: str, password: str) -> str | None:
        """Hash the right password anew if the parameters of its hash are no longer ours."""
        return await self.hash(password) if self._hasher.check_needs_rehash(known) else None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, kind: str, work: Callable[[], R]) -> R:
        WORK.labels(kind).inc()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _matches(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except (VerificationError, InvalidHashError):
            return False


class Passwords:
    """Gives out the two slots; when 64 wait already the next is refused instead of making everybody late."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._slot = HashingSlot(hasher or recommended())
        self._free = asyncio.Semaphore(THREADS)
        self._waiting = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[HashingSlot]:
        """Wait for a slot and keep it; raises :class:`Unavailable` (503) when too many wait."""
        if self._waiting >= MAX_WAITING:
            raise Unavailable
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            yield self._slot
        finally:
            self._free.release()

    async def hash(self, password: str) -> str:
        """Hash a password in a slot of its own."""
        async with self.slot() as slot:
            return await slot.hash(password)

    def close(self) -> None:
        self._slot.close()
