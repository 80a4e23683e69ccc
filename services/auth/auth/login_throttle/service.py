"""Limits on guessing passwords.

Only failures count, never successes, and each limit answers 429 with the seconds to wait. A place is a user and an
address together; it is known once that user has signed in from that address.

- From an unknown place three limits apply: the address's (one guesser, many names), the name's (many guessers, one
  name; counted for names that do not exist too, so that a limit tells nothing) and the limit of all unknown places
  together.
- From a known place only the place's own limit applies. So whoever guesses from elsewhere, from however many
  addresses, cannot keep the owner out of where they signed in before; and an owner's forgotten script with an old
  password blocks neither its neighbours nor its owner elsewhere. While the limits of an unknown place hold, a wrong
  password is answered there as at any other.
- While only the name's limit holds, the password of an address that has not failed lately is looked at once a minute
  all the same: the owner gets in from a new place while somebody guesses elsewhere. If it is wrong, the answer is that
  of a refusal without a look.

A count leaks away with time. From the allowed number on each further failure doubles the wait, up to a quarter of
an hour; since the count leaks while waiting, the waits settle at the time one failure needs to leak. Nothing is
locked for ever. Setting a new password clears the limit of the name.

The check and the count happen while the attempt holds its turn at the password threads, so guesses sent at the same
moment are counted one after the other: at most two more than allowed are tried in each api process.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from math import ceil

from ecatalog.core.clock import Clock, moment
from ecatalog.core.errors import Throttled
from ecatalog.db.database import Database
from ecatalog.telemetry.logging import logger
from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select, update

from auth.login_throttle.models import GuessLimit, KnownAddress

log = logger(__name__)

REFUSED = Counter("auth_guesses_refused_total", "Sign-ins that were refused unseen")
KEEP_PLACES = timedelta(days=90)
REFRESH_PLACES = timedelta(days=1)
LONGEST_EXPONENT = 20
LOOK = timedelta(minutes=1)


@dataclass(frozen=True)
class Limit:
    """``allowed`` failures at once, one more every ``leak`` seconds; then waits from ``first`` to ``longest``."""

    allowed: int
    leak: float
    first: float
    longest: float

    def wait(self, level: float) -> float:
        """Seconds to wait after the failure that made the count ``level``; what leaked meanwhile is rounded away."""
        over = min(round(level) - self.allowed, LONGEST_EXPONENT)
        return min(self.longest, self.first * 2**over) if over >= 0 else 0.0


PLACE = Limit(allowed=10, leak=60, first=15, longest=900)
NAME = Limit(allowed=10, leak=300, first=30, longest=900)
ADDRESS = Limit(allowed=30, leak=30, first=30, longest=900)
EVERYONE = Limit(allowed=300, leak=0.5, first=1, longest=60)
KEEP_COUNTS = timedelta(seconds=max(limit.allowed * limit.leak + limit.longest for limit in (PLACE, NAME, ADDRESS)))

_COUNT = text(
    "insert into guess_limit (subject, level, counted_at) values (:subject, 1, :now)"
    " on conflict (subject) do update set counted_at = excluded.counted_at, level = 1 +"
    " greatest(0, guess_limit.level - extract(epoch from excluded.counted_at - guess_limit.counted_at) / :leak)"
    " returning level"
)


# One look for each name and minute, whoever comes first.
_LOOK = text(
    "insert into guess_limit (subject, level, counted_at, blocked_until) values (:subject, 0, :now, :until)"
    " on conflict (subject) do update set counted_at = excluded.counted_at, blocked_until = excluded.blocked_until"
    " where guess_limit.blocked_until <= excluded.counted_at returning 1"
)


@dataclass(frozen=True)
class LoginAttempt:
    """Where a sign-in comes from. ``user_id`` is None for a name that nobody has."""

    username: str
    user_id: int | None
    address: str
    known: bool

    @property
    def of_a_stranger(self) -> "LoginAttempt":
        """The same place, had its user never been there."""
        return replace(self, known=False)

    @property
    def limits(self) -> dict[str, Limit]:
        """The limits that apply, by what they count; always in the same order, so that counting never deadlocks."""
        if self.known:
            return {f"place {self.user_id} {self.address}": PLACE}
        return {self.address_subject: ADDRESS, name_subject(self.username): NAME, "everyone": EVERYONE}

    @property
    def address_subject(self) -> str:
        return f"address {self.address}"


def name_subject(username: str) -> str:
    """People type passwords into the wrong field: the name is kept as a digest."""
    return f"name {_digest(username)}"


def _digest(username: str) -> str:
    return blake2b(username.encode(), digest_size=16).hexdigest()


class LoginThrottle:
    """The counts, in the database, so that all replicas share them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def check(self, place: LoginAttempt) -> Throttled | None:
        """Raise :class:`Throttled` while any limit of the place holds.

        What it gives is what a wrong password is answered with instead of its own refusal: then this is the one look.
        """
        now = moment(self._clock())
        async with self._database.session() as session:
            found = await session.scalars(select(GuessLimit).where(col(GuessLimit.subject).in_(place.limits)))
            counts = {count.subject: count for count in found}
            ends = {name: count.blocked_until for name, count in counts.items() if count.blocked_until}
            ends = {name: end for name, end in ends.items() if end > now}
            if not ends:
                return None
            refusal = Throttled(max(1, ceil((max(ends.values()) - now).total_seconds())))
            only_name = set(ends) == {name_subject(place.username)}
            if (
                only_name
                and _is_fresh(counts.get(place.address_subject), now)
                and await _take_look(session, place, now)
            ):
                return refusal
        REFUSED.inc()
        raise refusal

    async def looked(self, place: LoginAttempt) -> None:
        """Count a look at a wrong password: against its address alone, since the name's limit holds anyway."""
        now = moment(self._clock())
        async with self._database.session() as session:
            await session.execute(_COUNT, {"subject": place.address_subject, "now": now, "leak": ADDRESS.leak})

    async def failed(self, place: LoginAttempt) -> None:
        """Count a failure."""
        now = moment(self._clock())
        async with self._database.session() as session:
            for subject, limit in place.limits.items():
                found = await session.execute(_COUNT, {"subject": subject, "now": now, "leak": limit.leak})
                if wait := limit.wait(found.scalar_one()):
                    log.warning("sign-ins wait", subject=subject, seconds=round(wait))
                    await _block(session, subject, now + timedelta(seconds=wait))

    async def succeeded(self, session: AsyncSession, user_id: int, address: str) -> None:
        """Remember the place, or that it is still used."""
        now = moment(self._clock())
        seen = insert(KnownAddress).values(user_id=user_id, address=address, seen_at=now)
        await session.execute(
            seen.on_conflict_do_update(
                index_elements=["user_id", "address"],
                set_={"seen_at": now},
                where=col(KnownAddress.seen_at) < now - REFRESH_PLACES,
            )
        )

    async def forget_old(self, session: AsyncSession) -> None:
        """Drop counts that have leaked away and places nobody comes from any more."""
        now = moment(self._clock())
        await session.execute(delete(GuessLimit).where(col(GuessLimit.counted_at) < now - KEEP_COUNTS))
        await session.execute(delete(KnownAddress).where(col(KnownAddress.seen_at) < now - KEEP_PLACES))


def _is_fresh(count: GuessLimit | None, now: datetime) -> bool:
    """Whether what was counted against an address has leaked away."""
    return count is None or count.level * ADDRESS.leak <= (now - count.counted_at).total_seconds()


async def _take_look(session: AsyncSession, place: LoginAttempt, now: datetime) -> bool:
    taken = {"subject": f"look {_digest(place.username)}", "now": now, "until": now + LOOK}
    return (await session.execute(_LOOK, taken)).first() is not None


async def pardon(session: AsyncSession, username: str) -> None:
    """Clear the limit of a name, whose password was set anew."""
    await session.execute(delete(GuessLimit).where(col(GuessLimit.subject) == name_subject(username)))


async def _block(session: AsyncSession, subject: str, until: datetime) -> None:
    await session.execute(update(GuessLimit).where(col(GuessLimit.subject) == subject).values(blocked_until=until))
