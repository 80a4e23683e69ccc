"""The role of a user, and the event that publishes a change of rights."""

from collections.abc import Sequence
from typing import Any

from ecatalog.contracts.auth import USER_CHANGED, UserChanged
from ecatalog.core.clock import moment
from ecatalog.core.ids import uuid7
from ecatalog.db.database import transaction_of
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, compose, execute, join
from ecatalog.events.outbox import publish
from ecatalog.security.permissions import Role
from sqlalchemy.ext.asyncio import AsyncSession

from auth.users.models import User

DEFAULT_ROLE: Role = "editor"

_RIGHTS = ("id", "role", "is_active", "is_deleted", "business_regions", "profile_code_1c", "valid_from")
_CURRENT = compose(
    "select {rights} from users where id = any(%(ids)s) order by id", rights=join(", ", map(Ident, _RIGHTS))
)
_SEQUENCE = "select seq from outbox where id = %(id)s"


def chosen_role(current: Role, role: Role | None, is_staff: bool | None) -> Role:
    """Return the role after a request that sent ``role`` or ``is_staff`` or both (None: not sent).

    Staff are the administrators. Where the two contradict each other one of them says what is so already, and the
    other is the change that was meant.
    """
    wanted = role or current
    if is_staff is None or is_staff == (wanted == "admin"):
        return wanted
    if is_staff == (current == "admin"):
        return wanted
    return "admin" if is_staff else DEFAULT_ROLE


def as_event(user: User) -> UserChanged:
    state = "deleted" if user.is_deleted else "active" if user.is_active else "inactive"
    return UserChanged(
        user_id=user.id,
        state=state,
        role=user.role,
        regions=[region["code"] for region in user.business_regions],
        agent_code=user.profile_code_1c,
        valid_from=user.valid_from,
    )


async def republish_rights(connection: Transaction, ids: Sequence[int]) -> None:
    """Publish the rights of users, whose rows are locked, as they are. For the snapshot they did not change."""
    rows = await execute(connection, _CURRENT, {"ids": list(ids)})
    for values in await rows.fetchall():
        user = User(**dict(zip(_RIGHTS, values, strict=True)))
        await publish(connection, USER_CHANGED, as_event(user), key=user.id, suffix=str(user.id))


async def publish_rights(session: AsyncSession, user: User, now: float) -> None:
    """Publish the rights of a user whose row is locked, and keep the event's sequence for the snapshot."""
    event_id = uuid7()
    key = str(user.id)
    connection = await transaction_of(session)
    await publish(connection, USER_CHANGED, as_event(user), key=key, suffix=key, event_id=event_id)
    written: Any = await (await execute(connection, _SEQUENCE, {"id": event_id})).fetchone()
    user.rights_sequence = written[0]
    user.rights_changed_at = moment(now)
