"""Whoever tries to sign in is looked up by one statement, together with what counts against them."""

from typing import NamedTuple

from ecatalog.db.database import Database
from ecatalog.db.sql import compose

from auth.login_throttle.service import KNOWN_SUBJECT, Count, Counts, LoginAttempt

_FIND = compose(
    """
    select u.id, case when u.is_active then u.password end, k.user_id is not null,
           g.subject, g.level, g.counted_at, g.blocked_until
      from (select) one
      left join users u on u.username = %(username)s and not u.is_deleted
      left join known_place k on k.user_id = u.id and k.address = %(address)s
      left join guess_limit g
        on g.subject = any(case when k.user_id is null then %(unknown)s::text[] else array[{known}] end)
    """,
    known=KNOWN_SUBJECT,
)


class Account(NamedTuple):
    """A user who may sign in, and the hash of the password."""

    user_id: int
    password: str


class Candidate(NamedTuple):
    """An attempt, the counts of its limits, and the account; None when nobody with this name may sign in."""

    attempt: LoginAttempt
    counts: Counts
    account: Account | None


async def find(database: Database, username: str, address: str) -> Candidate:
    """Look up who tries to sign in."""
    stranger = LoginAttempt(username, None, address, known=False)
    parameters = {"username": username, "address": address, "unknown": list(stranger.limits)}
    rows = await database.fetch_rows(_FIND, parameters)
    user_id, password, known = rows[0][:3]
    counts = {subject: Count(*count) for _, _, _, subject, *count in rows if subject is not None}
    attempt = LoginAttempt(username, user_id, address, known=known)
    return Candidate(attempt, counts, None if password is None else Account(user_id, password))
