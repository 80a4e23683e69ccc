"""Passwords: argon2id in two threads of their own, so that nothing else waits for them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import TypeVar

from ecatalog.core.errors import Unavailable
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from prometheus_client import Counter

R = TypeVar("R")

THREADS = 2
MAX_WAITING = 64
WORK = Counter("auth_password_work_total", "Passwords hashed by argon2id, by what for", ["kind"])


@dataclass(frozen=True)
class Strength:
    """What a hash costs: ``memory`` in KiB and the passes over it, in one lane."""

    memory: int
    passes: int

    def hash(self, password: str) -> str:
        return argon2id.str(password.encode(), self.passes, self.memory * 1024).decode()

    @staticmethod
    def verify(known: str, password: str) -> bool:
        """Tell whether the password belongs to a hash, which may be of any strength."""
        try:
            return argon2id.verify(known.encode(), password.encode())
        except CryptoError:
            return False

    def is_of(self, known: str) -> bool:
        """Tell whether a hash has this strength."""
        return known.startswith(f"$argon2id$v=19$m={self.memory},t={self.passes},p=1$")


FORMER = Strength(19 * 1024, 2)
"""The hashes of those who have not signed in since have it."""


def recommended() -> Strength:
    """Return 9 MiB and four passes. OWASP lists several that are as safe; libsodium is fastest with this one."""
    return Strength(9 * 1024, 4)


class HashingSlot:
    """The right to keep one thread busy."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._present = recommended()
        self._unmatched = {strength: strength.hash(token_hex()) for strength in (self._present, FORMER)}

    async def verify(self, known: str | None, password: str) -> bool:
        """Tell whether the password belongs to the hash; without one (no such user) it does not.

        A failure costs a hash of each strength, so that it reveals neither whether there is a hash nor its age.
        """
        return await self._run("verify", lambda: self._verify(known, password))

    async def hash(self, password: str) -> str:
        return await self._run("hash", lambda: self._present.hash(password))

    async def rehash(self, known: str, password: str) -> str | None:
        """Hash the right password anew if its hash is not of the present strength."""
        return None if self._present.is_of(known) else await self.hash(password)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, kind: str, work: Callable[[], R]) -> R:
        WORK.labels(kind).inc()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _verify(self, known: str | None, password: str) -> bool:
        if known is not None and self._present.verify(known, password):
            return True
        for strength, unmatched in self._unmatched.items():
            if known is None or not strength.is_of(known):
                strength.verify(unmatched, password)
        return False


class Passwords:
    """Gives out the two slots; when 64 wait already the next is refused instead of making everybody late."""

    def __init__(self) -> None:
        self._slot = HashingSlot()
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
