"""Limits on guessing passwords.

Only failures count, never successes, and each limit answers 429 with the seconds to wait. An address is known to a
user once that user has signed in from it.

- From an unknown address three limits apply: the address's (one guesser, many names), the name's (many guessers, one
  name; counted for names that do not exist too, so that a limit reveals nothing) and the limit of all unknown
  addresses together.
- From a known address only the limit of this user at this address applies. So whoever guesses from elsewhere, from
  however many addresses, cannot keep the owner out of where they signed in before; and an owner's forgotten script
  with an old password blocks neither its neighbours nor its owner elsewhere. While the limits of an unknown address
  hold, a wrong password is answered there as at any other.
- While only the name's limit holds, one attempt a minute is admitted from an address that has not failed lately: the
  owner gets in from a new address while somebody guesses elsewhere. If its password is wrong, the answer is that of an
  attempt that was not admitted.

A count leaks with time. From the allowed number on each further failure doubles the wait, up to a quarter of
an hour; since the count leaks while waiting, the waits settle at the time one failure needs to leak. Nothing is
locked for ever. Setting a new password clears the limit of the name.

The check and the count happen while the attempt holds its hashing slot, so attempts sent at the same moment are
counted one after the other: at most two more than allowed are tried in each api process.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from math import ceil
from typing import NamedTuple

from ecatalog.core.clock import Clock, moment
from ecatalog.core.errors import Throttled
from ecatalog.db.database import Database
from ecatalog.db.sql import compose
from ecatalog.telemetry.logging import logger
from prometheus_client import Counter
from sqlalchemy import extract, func, literal
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, update

from auth.login_throttle.models import FailureCount, KnownAddress

log = logger(__name__)

REFUSED = Counter("auth_guesses_refused_total", "Sign-ins that were refused unseen")
KEEP_ADDRESSES = timedelta(days=90)
MAX_EXPONENT = 20
ADMISSION = timedelta(minutes=1)

KNOWN_SUBJECT = compose("'place ' || k.user_id || ' ' || k.address")
"""What the limit of a known address counts, of ``known_place k``."""

_COUNTS = "select subject, level, counted_at, blocked_until from guess_limit where subject = any(%(subjects)s)"


@dataclass(frozen=True)
class Limit:
    """``allowed`` failures at once, one more every ``leak`` seconds; then waits from ``first`` to ``longest``."""

    allowed: int
    leak: float
    first: float
    longest: float

    def wait(self, level: float) -> float:
        """Return the seconds to wait after a failure brought the count to ``level``; rounding undoes small leaks."""
        over = min(round(level) - self.allowed, MAX_EXPONENT)
        return min(self.longest, self.first * 2**over) if over >= 0 else 0.0


KNOWN_ADDRESS = Limit(allowed=10, leak=60, first=15, longest=900)
NAME = Limit(allowed=10, leak=300, first=30, longest=900)
ADDRESS = Limit(allowed=30, leak=30, first=30, longest=900)
EVERYONE = Limit(allowed=300, leak=0.5, first=1, longest=60)
KEEP_COUNTS = timedelta(
    seconds=max(limit.allowed * limit.leak + limit.longest for limit in (KNOWN_ADDRESS, NAME, ADDRESS))
)


class Count(NamedTuple):
    """The failures against one subject; nothing is tried before ``blocked_until``."""

    level: float
    counted_at: datetime
    blocked_until: datetime | None


Counts = Mapping[str, Count]
"""The counts of an attempt by their subjects; a subject without failures has none."""


@dataclass(frozen=True)
class LoginAttempt:
    """Is an attempt to sign in. ``user_id`` is None for a name that nobody has."""

    username: str
    user_id: int | None
    address: str
    known: bool

    @property
    def of_a_stranger(self) -> "LoginAttempt":
        """Return the same attempt as if its user had never signed in from the address."""
        return replace(self, known=False)

    @property
    def limits(self) -> dict[str, Limit]:
        """The limits that apply, by what they count; always in the same order, so that counting never deadlocks."""
        if self.known:
            return {f"place {self.user_id} {self.address}": KNOWN_ADDRESS}
        return {self.address_subject: ADDRESS, name_subject(self.username): NAME, "everyone": EVERYONE}

    @property
    def address_subject(self) -> str:
        return f"address {self.address}"


def name_subject(username: str) -> str:
    """Keep the name as a digest: people type passwords into the wrong field."""
    return f"name {_digest(username)}"


def _digest(username: str) -> str:
    return blake2b(username.encode(), digest_size=16).hexdigest()


class LoginThrottle:
    """The counts, in the database, so that all replicas share them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def counts(self, attempt: LoginAttempt) -> Counts:
        """Return the counts of the attempt's limits."""
        rows = await self._database.fetch_rows(_COUNTS, {"subjects": list(attempt.limits)})
        return {subject: Count(*count) for subject, *count in rows}

    async def check(self, attempt: LoginAttempt, counts: Counts) -> Throttled | None:
        """Raise :class:`Throttled` while any limit of the attempt holds.

        When the attempt is admitted all the same, return what answers it if its password is wrong.
        """
        now = moment(self._clock())
        ends = {subject: end for subject, (*_, end) in counts.items() if end is not None and end > now}
        if not ends:
            return None
        refusal = Throttled(max(1, ceil((max(ends.values()) - now).total_seconds())))
        only_name = set(ends) == {name_subject(attempt.username)}
        if only_name and _has_leaked(counts.get(attempt.address_subject), now) and await self._admit(attempt, now):
            return refusal
        REFUSED.inc()
        raise refusal

    async def failed_admitted(self, attempt: LoginAttempt) -> None:
        """Count the failure of an admitted attempt against its address alone, since the name's limit holds anyway."""
        now = moment(self._clock())
        async with self._database.session() as session:
            await _count(session, attempt.address_subject, ADDRESS, now)

    async def failed(self, attempt: LoginAttempt) -> None:
        """Count a failure."""
        now = moment(self._clock())
        async with self._database.session() as session:
            for subject, limit in attempt.limits.items():
                if wait := limit.wait(await _count(session, subject, limit, now)):
                    log.warning("sign-ins wait", subject=subject, seconds=round(wait))
                    await _block(session, subject, now + timedelta(seconds=wait))

    async def _admit(self, attempt: LoginAttempt, now: datetime) -> bool:
        """Admit one attempt for each name and minute, whoever comes first."""
        values = {"counted_at": now, "blocked_until": now + ADMISSION}
        row = insert(FailureCount).values(subject=f"look {_digest(attempt.username)}", level=0, **values)
        admission = row.on_conflict_do_update(
            index_elements=["subject"], set_=values, where=col(FailureCount.blocked_until) <= now
        )
        async with self._database.session() as session:
            return (await session.execute(admission.returning(col(FailureCount.subject)))).first() is not None

    async def delete_old(self, session: AsyncSession) -> None:
        """Delete counts that have leaked to nothing, and addresses from which nobody signs in any more."""
        now = moment(self._clock())
        await session.execute(delete(FailureCount).where(col(FailureCount.counted_at) < now - KEEP_COUNTS))
        await session.execute(delete(KnownAddress).where(col(KnownAddress.seen_at) < now - KEEP_ADDRESSES))


async def clear_name(session: AsyncSession, username: str) -> None:
    """Clear the limit of a name whose password was set."""
    await session.execute(delete(FailureCount).where(col(FailureCount.subject) == name_subject(username)))


def _has_leaked(count: Count | None, now: datetime) -> bool:
    """Tell whether nothing is left of what was counted against an address."""
    return count is None or count.level * ADDRESS.leak <= (now - count.counted_at).total_seconds()


async def _count(session: AsyncSession, subject: str, limit: Limit, now: datetime) -> float:
    """Add a failure to what has not leaked of the count, and return it."""
    leaked = extract("epoch", literal(now) - col(FailureCount.counted_at)) / limit.leak
    row = insert(FailureCount).values(subject=subject, level=1, counted_at=now)
    added = row.on_conflict_do_update(
        index_elements=["subject"],
        set_={"counted_at": now, "level": 1 + func.greatest(0, col(FailureCount.level) - leaked)},
    )
    return (await session.execute(added.returning(col(FailureCount.level)))).scalar_one()


async def _block(session: AsyncSession, subject: str, until: datetime) -> None:
    await session.execute(update(FailureCount).where(col(FailureCount.subject) == subject).values(blocked_until=until))
