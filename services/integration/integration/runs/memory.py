"""What was applied before, as a run compares with it."""

from typing import Any, NamedTuple

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute

from integration.runs.run import Run

# The memory of an integration that was moved to another project or base is of other rows.
OWN = compose(
    """
    select r.* from source_record r
      join source_snapshot p on p.integration_id = r.integration_id and p.stream = r.stream
     where r.integration_id = %(integration_id)s and r.stream = %(stream)s
       and p.project_id = %(project_id)s and p.base = %(base)s
    """
)
"""SQL for the records of this integration's stream."""

OTHERS = compose(
    """
    select r.* from source_snapshot p
      join integration i on i.id = p.integration_id and not i.is_deleted
      join source_record r on r.integration_id = p.integration_id and r.stream = p.stream
     where p.project_id = %(project_id)s and p.base = %(base)s and p.stream = %(stream)s
       and p.integration_id <> %(integration_id)s
    """
)
"""SQL for those of other integrations of the same project and base."""

KNOWN = compose(
    """
    select o.key, o.code, o.hash, o.is_stand_in, o.is_deleted, o.groups, o.labels, true as is_own from ({own}) o
     union all
    (select distinct on (a.key) a.key, a.code, null, a.is_stand_in, a.is_deleted, a.groups, a.labels, false
       from ({others}) a
      where not exists (select from ({own}) o where o.key = a.key)
      order by a.key, a.integration_id)
    """,
    own=OWN, others=OTHERS,
)  # fmt: skip
"""SQL for what is known of each key of the base; only what is our own tells what is unchanged."""

CAME = compose(
    "select from staged_record s where s.job_id = %(id)s and s.stream = %(stream)s and s.key = o.key"
    " and not s.is_skipped"
)
"""SQL for the record of this run that has the key of ``o``, also one that cannot be read."""

_SNAPSHOT = """
    select not is_stale and mapping_version = %(version)s from source_snapshot
     where integration_id = %(integration_id)s and stream = %(stream)s
       and project_id = %(project_id)s and base = %(base)s
"""
_STREAM = "select complete, whole from sync_stream where job_id = %(id)s and stream = %(stream)s"


class StreamOfRun(NamedTuple):
    """A stream of a run. What was applied ``is_trusted`` unless it is stale or another mapping's.

    With ``sends_all`` what is unchanged is sent as well; ``whole`` are the scopes of which what did not come is missing
    in this very run.
    """

    name: str
    is_trusted: bool
    sends_all: bool
    whole: list[str]

    @property
    def skips(self) -> bool:
        """Return whether what is unchanged is not sent."""
        return self.is_trusted and not self.sends_all

    @property
    def key(self) -> dict[str, Any]:
        """Return what statements name."""
        return {"stream": self.name, "skips": self.skips, "whole": self.whole}


async def stream_of(connection: Transaction, run: Run, name: str) -> StreamOfRun | None:
    """Return a stream of a run; None when nothing was said of it."""
    about = run.key | {"stream": name}
    found = await (await execute(connection, _STREAM, about)).fetchone()
    if found is None:
        return None
    complete, whole = found
    snapshot = await (await execute(connection, _SNAPSHOT, about)).fetchone()
    sends_all = run.sends_all_it_reads or (complete == "yes" and run.job.args.mode == "full")
    # The files of a set bring a list in parts: what is missing shows when the set is over.
    is_part = run.job.args.set_id is not None
    return StreamOfRun(name, bool(snapshot and snapshot[0]), sends_all, [] if is_part else whole)
