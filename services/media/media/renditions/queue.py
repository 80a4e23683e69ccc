"""The files whose renditions are not made yet. The table is the queue: whoever takes a file moves its next attempt."""

from typing import NamedTuple

from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from sqlalchemy import text

LEASE_SECONDS = 30
MAX_ATTEMPTS = 5

_CLAIM = f"""
    update file set attempts = attempts + 1, next_attempt = now() + interval '{LEASE_SECONDS} s'
     where id = (select f.id from file f where not f.is_rendered and f.error is null and f.next_attempt <= now()
                  order by f.next_attempt limit 1 for update skip locked)
    returning id, sha256, attempts
"""  # noqa: S608 - built from constants
_FAILED = text(f"""
    update file set next_attempt = now() + make_interval(secs => power(2, attempts)),
           error = case when attempts >= {MAX_ATTEMPTS} then :reason end
     where id = :id and not is_rendered
""")  # noqa: S608 - built from constants


class Waiting(NamedTuple):
    id: int
    sha256: str
    attempts: int


async def claim(database: Database) -> Waiting | None:
    """The file that has waited longest; if this worker dies, another takes it when the lease is over."""
    async with database.connection() as connection:
        row = await (await execute(connection, _CLAIM)).fetchone()
        return None if row is None else Waiting(*row)


async def failed(database: Database, file: Waiting, reason: str) -> None:
    """Try again later, or give up with the reason."""
    async with database.session() as session:
        await session.execute(_FAILED, {"id": file.id, "reason": reason[:500]})
