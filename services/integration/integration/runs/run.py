"""What a run is of: its job, and the project, base and mapping that it keeps from its first step to its last."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ecatalog.core.errors import NotFound
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.job import Job
from ecatalog.jobs.task import TaskFailed

from integration.connectors.commerceml.rows import CLIENTS, PRICES, PRODUCTS, STOCK
from integration.integrations.kinds import SOAP
from integration.mappings.model import Mapping
from integration.mappings.reading import fetched
from integration.syncs.args import SyncArgs
from integration.values.run import ValuesRun

DELETED = "The integration was deleted"

MAPPED = (PRODUCTS, CLIENTS)
"""The streams whose rows the catalog has, in the order in which they are applied; prices and stock come between."""
VALUED = (PRICES, STOCK)
APPLIED = (PRODUCTS, *VALUED, CLIENTS)

_RUN = """
    select i.kind, coalesce(r.project_id, i.project_id), coalesce(r.base, i.base, i.id::text),
           coalesce(r.mapping_version, i.mapping_version), i.chunk_size, i.invert_is_active
      from integration i left join sync_run r on r.job_id = %(id)s
     where i.id = %(integration_id)s and not i.is_deleted
"""
_KEEP = "insert into sync_run values (%(id)s, %(project_id)s, %(base)s, %(version)s) on conflict (job_id) do nothing"
_IS_KEPT = "select exists (select from sync_run where job_id = %(id)s)"


@dataclass(frozen=True)
class Run:
    """One run. ``version`` is that of its mapping."""

    job: Job[SyncArgs]
    kind: str
    project_id: int
    base: str
    version: int
    chunk_size: int
    invert_is_active: bool
    mapping: Mapping

    @cached_property
    def key(self) -> dict[str, Any]:
        """Return what statements name: ``id`` is that of the job."""
        return {
            "id": self.job.id, "integration_id": self.job.args.integration_id, "project_id": self.project_id,
            "base": self.base, "version": self.version,
        }  # fmt: skip

    @property
    def of_values(self) -> ValuesRun:
        """Return what the steps of prices and stock need of it."""
        args = self.job.args
        return ValuesRun(
            self.job.id, args.integration_id, self.project_id, self.base, self.mapping, self.version,
            is_of_set=args.set_id is not None,
        )  # fmt: skip

    @property
    def sends_all_it_reads(self) -> bool:
        """Return whether the source's list is applied whole by what was asked, not by what it says of itself."""
        return self.kind == SOAP and self.job.args.mode == "full"

    def replaces_stand_ins(self, stream: str) -> bool:
        mapped = self.mapping.streams.get(stream)
        return mapped is not None and mapped.stand_in_codes == "replace"


async def load(job: Job[SyncArgs]) -> Run:
    """Return the run of a job, with what its first step kept. Raises :class:`TaskFailed`."""
    integration_id = job.args.integration_id
    found = await job.database.fetch_row(_RUN, {"id": job.id, "integration_id": integration_id})
    if found is None:
        raise TaskFailed(DELETED)
    kind, project_id, base, version, chunk_size, invert_is_active = found
    try:
        mapping = (await fetched(job.database, integration_id, version)).mapping
    except NotFound:
        raise TaskFailed(DELETED) from None
    return Run(job, kind, project_id, base, version, chunk_size, invert_is_active, mapping)


async def keep(connection: Transaction, run: Run) -> None:
    """Keep what the run is of for its later steps, whoever takes them."""
    await execute(connection, _KEEP, run.key)


async def is_kept(job: Job[SyncArgs]) -> bool:
    """Tell whether a job has begun as a run whose rows have keys."""
    return bool(await job.database.fetch_value(_IS_KEPT, {"id": job.id}))
