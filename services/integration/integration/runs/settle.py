"""The last step of a run: what was applied is remembered, and the run ends, in one transaction."""

from collections.abc import Mapping

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.progress import Progress
from ecatalog.jobs.state import JobState

from integration.runs import numbers
from integration.runs.asking import CatalogKeys
from integration.runs.judging import PLANS
from integration.runs.labels import add_labels
from integration.runs.memory import stream_of
from integration.runs.missing import mark_missing, see
from integration.runs.run import APPLIED, MAPPED, Run
from integration.runs.snapshot import remember
from integration.runs.told import told
from integration.syncs.metrics import count_rows
from integration.values import classifier, steps
from integration.values.run import OfferCounts

_NUMBERS = """
    select stream, errors, linked, relinked, renamed, kept from sync_stream where job_id = %(id)s
     order by array_position(%(streams)s::text[], stream)
"""
_SENTENCES = (
    "{:,} of {} were found by their codes, and have their keys now",
    "{:,} of {} have other keys than before, and were found by their codes",
    "{:,} of {} have other codes than before",
    '{:,} of {} have a code now and keep the one that stands in for it, until the mapping says "replace"',
)


async def settle(run: Run, catalog: CatalogKeys) -> JobState:
    """Bring all that is remembered up to what was applied, and end the run."""
    job = run.job
    unknown = await steps.unknown_products(job.database, run.of_values, catalog.products)
    async with job.transaction() as connection:
        await execute(connection, PLANS)
        await _remember(connection, run)
        counts = await steps.settle(connection, run.of_values, unknown)
        before = await told(connection, job.id)
        sentences, errors = await told_of_streams(connection, run)
        more = await add_values(connection, run, counts, errors)
        count_rows(connection, job.args.sync_type, error=more["errors_written"])
        more |= Progress(warnings=[*before.warnings, *sentences], last=True)
        return await job.advance(connection, **more)


async def _remember(connection: Transaction, run: Run) -> None:
    await add_labels(connection, run.job.id, run.job.args.integration_id, run.mapping.category_level)
    for name in MAPPED:
        stream = await stream_of(connection, run, name) if name in run.mapping.streams else None
        if stream:
            await mark_missing(connection, run, stream)
            await remember(connection, run, stream)
    await see(connection, run)
    await classifier.keep(connection, run.job.id, run.job.args.integration_id)


async def told_of_streams(connection: Transaction, run: Run) -> tuple[list[str], dict[str, int]]:
    """Return what is worth a sentence, and the errors of each stream so far."""
    sentences: list[str] = []
    errors: dict[str, int] = {}
    about = {"id": run.job.id, "streams": list(APPLIED)}
    for stream, found, *counts in await (await execute(connection, _NUMBERS, about)).fetchall():
        errors[stream] = found
        sentences += [
            sentence.format(count, stream) for sentence, count in zip(_SENTENCES, counts, strict=True) if count
        ]  # fmt: skip
    return sentences, errors


async def add_values(
    connection: Transaction, run: Run, counts: Mapping[str, OfferCounts], errors: Mapping[str, int]
) -> Progress:
    """Add the lists of prices and stock to the numbers of their streams; return what they add to those of the job.

    ``errors`` are those that were counted before.
    """
    more = Progress(updated=0, unchanged=0, skipped=0, errors_written=0)
    for stream, count in counts.items():
        new_errors = count.errors - errors.get(stream, 0)
        await numbers.add(connection, run.job.id, stream, {
            "processed": new_errors + count.parked + count.updated, "updated": count.updated,
            "unchanged": count.unchanged, "parked": count.parked, "errors": new_errors,
        })  # fmt: skip
        more["updated"] += count.updated
        more["unchanged"] += count.unchanged
        more["skipped"] += count.parked
        more["errors_written"] += new_errors
    return more
