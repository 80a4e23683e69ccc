"""What a run would do, by what was applied before and what the catalog knows. Nothing of it is done."""

from collections import Counter

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.progress import Progress
from ecatalog.jobs.state import JobState

from integration.runs import numbers
from integration.runs.asking import CatalogKeys
from integration.runs.compare import Made, make_ready
from integration.runs.outcomes import ReadyRow, outcomes
from integration.runs.run import Run
from integration.runs.settle import add_values, told_of_streams
from integration.runs.told import told
from integration.values import steps

_ROWS = """
    select r.key, s.code, coalesce(s.is_keyless, false), coalesce(s.is_stand_in, false), coalesce(s.deleted, false),
           s.was, s.payload::json ->> 'name' is not null or s.fills::json ->> 'name' is not null
      from ready_row r
      left join staged_record s
        on s.job_id = r.job_id and s.stream = r.stream and s.key = r.key and s.payload is not null
     where r.job_id = %(id)s and r.stream = %(stream)s
     order by r.n
"""


async def predict(run: Run, catalog: CatalogKeys) -> JobState:
    """Count what the run would do, and end it."""
    job = run.job
    unknown = await steps.unknown_products(job.database, run.of_values, catalog.products)
    async with job.transaction() as connection:
        made = await make_ready(connection, run, unknown)
        progress = Progress(created=0, updated=0, unchanged=0, skipped=0, errors=[], errors_written=0)
        for stream, one in made.items():
            await _add(connection, run, catalog, stream, one, progress)
        counts = await steps.count(connection, run.of_values, unknown)
        sentences, errors = await told_of_streams(connection, run)
        of_values = await add_values(connection, run, counts, errors)
        for name in ("updated", "unchanged", "skipped", "errors_written"):
            progress[name] += of_values[name]
        before = await told(connection, job.id)
        warnings = [*before.warnings, *(line for one in made.values() for line in one.warnings), *sentences]
        total = before.total + sum(one.more for one in made.values())
        progress |= Progress(total=total, warnings=warnings, last=True)
        return await job.advance(connection, **progress)


async def _add(
    connection: Transaction, run: Run, catalog: CatalogKeys, stream: str, made: Made, progress: Progress
) -> None:
    """Add what would become of the rows of a stream to its numbers, and to the progress of the job."""
    about = {"id": run.job.id, "stream": stream}
    rows = [ReadyRow(*row) for row in await (await execute(connection, _ROWS, about)).fetchall()]
    keys = [row.key for row in rows if not row.is_keyless]
    known = await catalog.known(stream, keys, [row.code for row in rows if row.code])
    found = list(outcomes(rows, known, replaces=run.replaces_stand_ins(stream)))
    counts = Counter(outcome.name for outcome in found)
    errors = [outcome.error._replace(details={"stream": stream}) for outcome in found if outcome.error]
    equal = made.equal - made.unchanged
    updated = sum(counts[name] for name in ("updated", "linked", "relinked", "renamed", "kept"))
    await numbers.add(connection, run.job.id, stream, {
        "processed": len(rows), "created": counts["created"], "updated": updated, "unchanged": equal,
        "errors": len(errors), "parked": counts["parked"], "skipped": counts["skipped"], "linked": counts["linked"],
        "relinked": counts["relinked"], "renamed": counts["renamed"], "kept": counts["kept"],
    })  # fmt: skip
    progress["created"] += counts["created"]
    progress["updated"] += updated + made.unchanged
    progress["unchanged"] += made.equal
    progress["skipped"] += counts["parked"] + counts["skipped"]
    progress["errors"] = [*progress["errors"], *errors]
    progress["errors_written"] += made.errors
