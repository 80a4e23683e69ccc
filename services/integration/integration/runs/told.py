"""What a run has told so far."""

from typing import NamedTuple

import orjson
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

_JOB = "select coalesce(total, 0), warnings from job where id = %(id)s"


class Told(NamedTuple):
    total: int
    warnings: list[str]


async def told(connection: Transaction, job_id: int) -> Told:
    """Return the total of a job and its warnings, which are replaced as a whole."""
    row = await (await execute(connection, _JOB, {"id": job_id})).fetchone()
    return Told(row[0], orjson.loads(row[1])) if row else Told(0, [])
