"""Starts the run that reads files of an integration."""

from typing import NamedTuple

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs import queue
from ecatalog.jobs.queue import Deferred

from integration.syncs.args import SyncArgs
from integration.syncs.job import SYNC

_READ_BY = """
    update source_document set job_id = %(job)s
     where file_id = any(%(files)s::bigint[]) and member is not distinct from %(member)s
"""


class Target(NamedTuple):
    """The integration whose files they are, and where its rows go."""

    integration_id: int
    project_id: int
    base: str

    @property
    def locks(self) -> list[str]:
        """Return the locks under which one run at a time writes rows of a base into a project."""
        return [f"{rows}:{self.project_id}:{self.base}" for rows in ("products", "clients")]


async def start_run(connection: Transaction, target: Target, args: SyncArgs, user_id: int | None = None) -> Deferred:
    """Defer a run of files, and remember that it reads these."""
    job = await queue.defer(connection, SYNC, args, subject=args.subject, locks=target.locks, user_id=user_id)
    await execute(connection, _READ_BY, {"job": job.id, "files": list(args.file_ids), "member": args.member})
    return job
