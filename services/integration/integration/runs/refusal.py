"""Rows without keys do not go where another integration of the base had none of 1C's codes: each would be doubled."""

from ecatalog.db.database import Database
from ecatalog.jobs.job import Job
from ecatalog.jobs.task import TaskFailed

from integration.integrations.kinds import SOAP
from integration.mappings.model import Mapping
from integration.mappings.targets import EXTERNAL_KEY
from integration.syncs.args import SyncArgs

STAND_INS = (
    "Another integration of this base has brought rows whose codes 1C did not send, so that rows that come by their"
    " codes alone would be doubled: map a field to {}, or let 1C send its codes there first."
)

_HAS_STAND_INS = """
    select exists (
        select from integration i
          join source_snapshot p on p.project_id = i.project_id and p.base = coalesce(i.base, i.id::text)
           and p.stream = %(stream)s and p.integration_id <> i.id
          join integration o on o.id = p.integration_id and not o.is_deleted
          join source_record r on r.integration_id = p.integration_id and r.stream = p.stream and r.is_stand_in
         where i.id = %(integration_id)s and i.kind = %(soap)s)
"""


async def why_refused(database: Database, integration_id: int, stream: str, mapping: Mapping) -> str | None:
    """Return a sentence when the rows of a service must not be applied; for its check, and for each of its runs."""
    mapped = mapping.streams.get(stream)
    if mapped is None or EXTERNAL_KEY in mapped.fields:
        return None
    about = {"integration_id": integration_id, "stream": stream, "soap": SOAP}
    return STAND_INS.format(EXTERNAL_KEY) if await database.fetch_value(_HAS_STAND_INS, about) else None


async def refuse_stand_ins(job: Job[SyncArgs], mapping: Mapping) -> None:
    """Raise :class:`TaskFailed` for a run whose rows must not be applied."""
    args = job.args
    if sentence := await why_refused(job.database, args.integration_id, args.sync_type, mapping):
        raise TaskFailed(sentence)
