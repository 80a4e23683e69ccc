"""What a service that starts must know: which tokens, good by themselves, are refused or mean other rights now."""

from ecatalog.core.clock import moment
from ecatalog.db.database import Database
from ecatalog.security.revocations import SequencedUser, Snapshot
from sqlmodel import col, select

from auth.sessions import service as sessions
from auth.users.models import User
from auth.users.rights import as_event

MARGIN_SECONDS = 60


async def snapshot(database: Database, access_ttl: int, now: float) -> Snapshot:
    """Users that changed while a token made before could still be valid, and the sessions revoked singly."""
    since = moment(now - access_ttl - MARGIN_SECONDS)
    async with database.session() as session:
        changed = await session.scalars(select(User).where(col(User.rights_changed_at) > since))
        users = [SequencedUser(**as_event(one).model_dump(), sequence=one.rights_sequence) for one in changed]
        return Snapshot(users=users, sessions=await sessions.revoked(session, now))
