"""Sessions are started by a sign-in, continued by single-use refresh tokens, ended by logout, theft or a change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from ecatalog.contracts.auth import SESSION_REVOKED, SessionRevoked
from ecatalog.core.clock import moment
from ecatalog.core.ids import uuid7
from ecatalog.db.database import transaction_of
from ecatalog.events.outbox import publish
from ecatalog.telemetry.logging import logger
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, func, select, update

from auth.sessions.models import SpentRefresh, UserSession
from auth.users.models import User

log = logger(__name__)

REUSE_WINDOW = timedelta(seconds=30)
"""Two tabs, or a client that repeats a lost answer, may send a used refresh token again for this long."""

Reason = Literal["logout", "reuse", "password", "deactivated", "deleted"]


@dataclass(frozen=True)
class Lifetimes:
    """Seconds that tokens live."""

    access: int
    refresh: int


def new(user_id: int, now: float, live: Lifetimes) -> UserSession:
    """Make a session of a user, which is not stored yet."""
    return UserSession(
        sid=uuid7(),
        user_id=user_id,
        refresh_jti=uuid7(),
        issued_at=moment(now),
        expires_at=moment(now + live.refresh),
        access_until=moment(now + live.access),
    )


async def locked(session: AsyncSession, sid: UUID) -> UserSession | None:
    return await session.scalar(select(UserSession).where(col(UserSession.sid) == sid).with_for_update())


async def renew(session: AsyncSession, found: UserSession, jti: UUID, now: float, live: Lifetimes) -> bool:
    """Spend the refresh token ``jti`` of a locked session and give it the next one; return False if it was used.

    A used one that comes again within the window changes nothing, and does not lengthen the window. Later it was
    stolen, by whoever sends it or from them, and ends the session.
    """
    if found.refresh_jti != jti:
        spent = await session.get(SpentRefresh, jti)
        if spent is None or moment(now) - spent.spent_at > REUSE_WINDOW:
            log.warning("a used refresh token came again", user_id=found.user_id, sid=found.sid.hex)
            await end(session, found, now, "reuse")
        return False
    session.add(SpentRefresh(jti=jti, spent_at=moment(now)))
    found.refresh_jti = uuid7()
    found.issued_at = moment(now)
    found.expires_at = moment(now + live.refresh)
    found.access_until = max(found.access_until, moment(now + live.access))
    return True


async def end(session: AsyncSession, found: UserSession, now: float, reason: Reason) -> None:
    """End a locked session: its refresh token at once, its access tokens when the event arrives."""
    if found.ended_at is not None:
        return
    found.ended_at = moment(now)
    found.end_reason = reason
    await _revoke(session, found)


async def end_all(session: AsyncSession, user_id: int, now: float, reason: Reason) -> None:
    """End every session of a user whose row is locked; their access tokens end by the user's ``valid_from``."""
    open_ones = col(UserSession.user_id) == user_id, col(UserSession.ended_at).is_(None)
    await session.execute(update(UserSession).where(*open_ones).values(ended_at=moment(now), end_reason=reason))


async def revoked(session: AsyncSession, now: float) -> list[SessionRevoked]:
    """Return the sessions whose access tokens are refused one session at a time."""
    found = await session.scalars(select(UserSession).where(col(UserSession.revoked_until) > moment(now)))
    return [_event(one) for one in found]


async def delete_old(session: AsyncSession, now: float) -> None:
    """Delete sessions none of whose tokens can be valid, and used refresh tokens past their window."""
    last = func.greatest(col(UserSession.expires_at), col(UserSession.access_until))
    await session.execute(delete(UserSession).where(col(UserSession.expires_at) < moment(now), last < moment(now)))
    await session.execute(delete(SpentRefresh).where(col(SpentRefresh.spent_at) < moment(now) - REUSE_WINDOW))


async def owner(session: AsyncSession, user_id: int | None) -> User | None:
    """Return the user, if sessions may be continued, and keep them from changing in this transaction.

    Lock the user before any session of theirs, always in this order, so that two transactions never wait for each
    other.
    """
    usable = col(User.id) == user_id, ~col(User.is_deleted), col(User.is_active)
    return await session.scalar(select(User).where(*usable).with_for_update(read=True))


async def live(session: AsyncSession, sid: UUID) -> tuple[User, UserSession] | tuple[None, None]:
    """Return a session that has not ended, and its user if active."""
    query = select(User, UserSession).join(UserSession, col(UserSession.user_id) == col(User.id))
    usable = (
        col(UserSession.sid) == sid,
        col(UserSession.ended_at).is_(None),
        ~col(User.is_deleted),
        col(User.is_active),
    )
    found = (await session.execute(query.where(*usable))).first()
    return (found[0], found[1]) if found else (None, None)


async def _revoke(session: AsyncSession, found: UserSession) -> None:
    found.revoked_until = found.access_until
    connection = await transaction_of(session)
    await publish(connection, SESSION_REVOKED, _event(found), key=found.sid.hex, suffix=str(found.user_id))


def _event(found: UserSession) -> SessionRevoked:
    return SessionRevoked(user_id=found.user_id, sid=found.sid.hex, until=_seconds(found.access_until))


def _seconds(at: datetime) -> int:
    return int(at.timestamp()) + 1
