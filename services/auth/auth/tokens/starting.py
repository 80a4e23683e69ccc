"""A session is started, and its address remembered, by one statement."""

from dataclasses import dataclass
from datetime import timedelta

from ecatalog.db.database import Database
from ecatalog.db.sql import Ident, compose, join, placeholder

from auth.sessions.models import UserSession
from auth.users.models import User

REFRESH_ADDRESSES = timedelta(days=1)

_SESSION = ("sid", "user_id", "refresh_jti", "issued_at", "expires_at", "access_until")
_RIGHTS = ("id", "role", "business_regions", "profile_code_1c", "valid_from")

_rights = join(", ", map(Ident, _RIGHTS))
_checked = compose("id = %(user_id)s and not is_deleted and is_active and password = %(checked)s")
_LOCKED = compose("select {rights} from users where {checked} for share", rights=_rights, checked=_checked)
_RENEWED = compose(
    "update users set password = %(renewed)s where {checked} returning {rights}", rights=_rights, checked=_checked
)
_START = """
    with owner as ({owner}),
    started as (
        insert into user_session ({columns}) select {values} from owner
    ),
    seen as (
        insert into known_place as k (user_id, address, seen_at) select id, %(address)s, %(issued_at)s from owner
        on conflict (user_id, address) do update set seen_at = excluded.seen_at where k.seen_at < %(aged)s
    )
    select {rights} from owner
"""
_START_LOCKED, _START_RENEWED = (
    compose(
        _START,
        owner=owner,
        columns=join(", ", map(Ident, _SESSION)),
        values=join(", ", map(placeholder, _SESSION)),
        rights=_rights,
    )
    for owner in (_LOCKED, _RENEWED)
)


@dataclass(frozen=True)
class Start:
    """A session to be stored, from an address, by somebody who knew the password with the hash ``checked``."""

    checked: str
    renewed: str | None
    session: UserSession
    address: str


async def start(database: Database, wanted: Start) -> User | None:
    """Store the session, and the password's hash if it was ``renewed``; returns the user's rights as they are now.

    Returns None, and stores nothing, when the hash that was checked is no longer the user's, or the user may no longer
    sign in. The user cannot change between this and the session.
    """
    session = wanted.session
    parameters = {name: getattr(session, name) for name in _SESSION} | {
        "address": wanted.address, "aged": session.issued_at - REFRESH_ADDRESSES,
        "checked": wanted.checked, "renewed": wanted.renewed,
    }  # fmt: skip
    row = await database.execute_row(_START_RENEWED if wanted.renewed else _START_LOCKED, parameters)
    return None if row is None else User(**dict(zip(_RIGHTS, row, strict=True)))
