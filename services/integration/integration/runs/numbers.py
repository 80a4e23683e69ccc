"""The numbers of each stream of a run, which add up to those of its job."""

from collections.abc import Mapping
from typing import Any

import orjson
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Ident, compose, execute, join

COUNTED = ("total", "processed", "created", "updated", "unchanged", "errors", "parked", "skipped", "missing", "linked",
           "relinked", "renamed", "kept", "marked")  # fmt: skip

_DECLARE = """
    insert into sync_stream (job_id, stream, total, processed, errors, complete, reason, whole)
    values (%(id)s, %(stream)s, %(total)s, %(processed)s, %(errors)s, %(complete)s, %(reason)s, %(whole)s)
"""
_SETS = join(", ", (compose("{name} = {name} + coalesce((%(numbers)s::jsonb ->> '{name}')::int, 0)", name=Ident(name))
                    for name in COUNTED))  # fmt: skip
_ADD = compose("update sync_stream set {sets} where job_id = %(id)s and stream = %(stream)s", sets=_SETS)


async def declare(connection: Transaction, job_id: int, stream: str, **values: Any) -> None:
    """Begin the numbers of a stream: ``total``, ``processed``, ``errors``, ``complete``, ``reason``, ``whole``."""
    defaults: dict[str, Any] = {"total": 0, "processed": 0, "errors": 0, "complete": None, "reason": None, "whole": []}
    await execute(connection, _DECLARE, {"id": job_id, "stream": stream} | defaults | values)


async def add(connection: Transaction, job_id: int, stream: str, numbers: Mapping[str, int]) -> None:
    """Add to the numbers of a stream; the names are those of ``COUNTED``."""
    await execute(connection, _ADD, {"id": job_id, "stream": stream, "numbers": orjson.dumps(dict(numbers)).decode()})
