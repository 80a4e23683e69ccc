"""The first step of a run: all that the source says is staged, in one transaction under the fence."""

from collections import Counter
from functools import partial

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.state import JobState

from integration.integrations.kinds import SOAP
from integration.mappings.fields import keep_fields
from integration.runs import numbers
from integration.runs.judging import Judged, judge
from integration.runs.reading import FileReading, in_thread
from integration.runs.report import Report
from integration.runs.run import MAPPED, VALUED, Run, keep
from integration.runs.soap import read_service
from integration.runs.staging import Stager
from integration.settings import IntegrationSettings
from integration.syncs.metrics import FETCHED, count_rows
from integration.syncs.staging import NOTHING_CAME
from integration.values import classifier, steps

NO_ROWS = "The files hold no rows; nothing was changed."

_BEAT = "select"


async def fetch(run: Run, settings: IntegrationSettings) -> JobState:
    """Read the source of a run and bring it to its second step.

    Whatever goes wrong, nothing stays of it. Raises a SourceError, or JobOver when the job is not ours at the end.
    """
    async with run.job.transaction() as connection:
        if run.kind == SOAP:
            reading = FileReading(run, {}, await read_service(connection, run, settings))
        else:
            reading = FileReading(run, await classifier.load(connection, run.job.args.integration_id))
            await _stage(connection, run, reading)
        await run.job.hold(connection)
        await keep(connection, run)
        await classifier.stage(connection, run.job.id, reading.classifiers)
        return await _settle(connection, run, reading)


async def _stage(connection: Transaction, run: Run, reading: FileReading) -> None:
    if not run.job.args.file_ids:
        return  # it only makes columns anew of what is kept
    stager = Stager(connection)
    staged: Counter[str] = Counter()
    fetched = FETCHED.labels(run.job.args.sync_type)
    async with in_thread(reading.read(), partial(execute, connection, _BEAT)) as steps_of_reading:
        async for read in steps_of_reading:
            fetched.inc(len(read.rows) + len(read.records))
            await stager.add(read.rows)
            if read.records:
                await steps.stage(connection, run.of_values, read.stream, read.records, staged[read.stream])
                staged[read.stream] += len(read.records)
    await stager.close()


async def _settle(connection: Transaction, run: Run, reading: FileReading) -> JobState:
    """Sort out what cannot be sent, and write the numbers down."""
    job, report = run.job, reading.report
    streams = report.streams or job.args.streams
    judged = {stream: await _judged(connection, run, report, stream) for stream in streams}
    values = await steps.end_staging(connection, run.of_values, reading.classifiers, reading.used)
    for stream, errors in values.errors.items():
        await numbers.add(connection, job.id, stream, {"errors": errors, "processed": errors})
    if not job.args.is_dry_run:
        for stream, fields in report.unmapped.items():
            await keep_fields(connection, job.args.integration_id, stream, fields)
    if run.kind == SOAP:
        await job.release_lock(connection, job.args.fetch_lock)
    total = sum(one.total for one in judged.values())
    errors_written = sum(one.errors for one in judged.values()) + sum(values.errors.values())
    count_rows(connection, job.args.sync_type, error=errors_written)
    return await job.advance(
        connection, phase="compare", total=total, errors_written=errors_written,
        warnings=[*report.sentences(), *values.warnings], message=_message(run, report),
    )  # fmt: skip


def _message(run: Run, report: Report) -> str | None:
    """Return what the source said, and whether nothing came of it."""
    nothing = NOTHING_CAME if run.kind == SOAP else NO_ROWS if run.job.args.file_ids else None
    said = [report.message] if report.records.total() else [nothing, report.message]
    return " ".join(filter(None, said)) or None


async def _judged(connection: Transaction, run: Run, report: Report, stream: str) -> Judged:
    """Begin the numbers of a stream; return what counts of it in those of the job."""
    is_mapped = stream in MAPPED and stream in run.mapping.streams
    came = report.records[stream]
    found = await judge(connection, run, stream) if is_mapped else Judged(came, 0)
    is_kept = is_mapped or stream in VALUED
    complete = report.completeness(stream)
    await numbers.declare(
        connection, run.job.id, stream, total=found.total, errors=found.errors,
        processed=found.errors if is_kept else found.total, complete=complete.completeness.value if complete else None,
        reason=(complete.reason or None) if complete else None, whole=report.whole(stream),
    )  # fmt: skip
    return found if is_kept else Judged(0, 0)
