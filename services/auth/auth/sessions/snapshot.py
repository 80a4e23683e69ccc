"""The snapshot tells a service that starts which valid tokens are refused or give other rights now."""

from ecatalog.core.clock import moment
from ecatalog.db.database import Database
from ecatalog.security.revocations import SequencedUser, Snapshot
from sqlmodel import col, select

from auth.sessions import service as sessions
from auth.users.models import User
from auth.users.rights import as_event

MARGIN_SECONDS = 60


async def snapshot(database: Database, access_ttl: int, now: float) -> Snapshot:
    """Find users that changed while an older token could still be valid, and the sessions revoked singly."""
    since = moment(now - access_ttl - MARGIN_SECONDS)
    async with database.session() as session:
        changed = await session.scalars(select(User).where(col(User.rights_changed_at) > since))
        users = [SequencedUser(**as_event(one).model_dump(), sequence=one.rights_sequence) for one in changed]
        return Snapshot(users=users, sessions=await sessions.revoked(session, now))
