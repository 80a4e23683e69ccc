"""The rows of a service that we call are staged with the keys that they have: one of 1C's, or else their codes."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import orjson
from ecatalog.core.errors import NotFound
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute
from ecatalog.jobs.task import TaskFailed

from integration.connectors.soap import Batch, ReadOutcome, SoapSource, SourceSettings
from integration.connectors.soap.rows import INSIDE
from integration.connectors.source import Complete, Completeness
from integration.integrations.service import service_of
from integration.mappings.rows import RejectedRow, SourceRow
from integration.mappings.targets import TARGETS
from integration.runs.report import Report
from integration.runs.rows import hash_of
from integration.runs.run import DELETED, Run
from integration.runs.staging import StagedRow, Stager
from integration.settings import IntegrationSettings
from integration.syncs.metrics import FETCHED

# Until all of an answer was read nobody knows which of its lists counts: ``scope`` holds the number of the list.
_DROP_OTHERS = "delete from staged_record where job_id = %(id)s and scope <> all(%(lists)s::text[])"
_REFUSE = """
    update staged_record set payload = null, reason = %(reason)s
     where job_id = %(id)s and scope = any(%(lists)s::text[])
"""
_JOIN = "update staged_record set scope = '' where job_id = %(id)s and scope <> ''"


async def read_service(connection: Transaction, run: Run, settings: IntegrationSettings) -> Report:
    """Stage the list that a run asks for. Raises a SourceError."""
    source, operation = await _source(run, settings)
    stager = Stager(connection)
    report = Report()
    stream = run.job.args.sync_type
    fetched = FETCHED.labels(stream)
    async with SoapSource(source) as reader:
        async for batch in reader.rows(stream, operation):
            fetched.inc(len(batch))
            await stager.add(_rows(run, batch, report.records[stream]))
            report.records[stream] += len(batch)
    await stager.close()
    await _choose(connection, run, reader.outcome)
    is_whole = run.mapping.streams[stream].is_whole_list
    report.complete[stream] = [Complete("", Completeness.YES if is_whole else Completeness.UNKNOWN)]
    report.message = reader.outcome.message
    report.warnings = reader.outcome.warnings
    report.unmapped = {stream: reader.outcome.fields}
    return report


async def _source(run: Run, settings: IntegrationSettings) -> tuple[SourceSettings, str]:
    """Return the settings that reach the source, and the operation that gives the list."""
    args = run.job.args
    try:
        source, operation = await service_of(run.job.database, args.integration_id, args.sync_type, settings)
    except NotFound:
        raise TaskFailed(DELETED) from None
    return replace(source, mapping=run.mapping), operation


def _rows(run: Run, batch: Batch, first: int) -> Iterator[StagedRow]:
    stream = run.job.args.sync_type
    scope = str(batch.of_list) if batch.of_list else ""
    rows: Iterator[SourceRow | RejectedRow] = chain(batch.rows, batch.rejected)
    for n, row in enumerate(rows, first):
        yield (run.job.id, n, stream, *_row(row, TARGETS[stream].code), [], scope, "", _hash(row))


def _row(row: SourceRow | RejectedRow, code: str) -> StagedRow:
    if isinstance(row, RejectedRow):
        return (row.code or "", row.code, None, None, row.reason, None, False, False, True, False)
    columns = orjson.loads(row.payload)
    del columns[code]  # it stands beside them
    payload = orjson.dumps(columns).decode()
    return (row.key or row.code, row.code, payload, None, None, None, False, False, row.key is None, False)


def _hash(row: SourceRow | RejectedRow) -> bytes | None:
    return hash_of(row, deleted=None) if isinstance(row, SourceRow) else None


async def _choose(connection: Transaction, run: Run, outcome: ReadOutcome) -> None:
    """Leave the rows of the lists that are meant."""
    read, refused = ([_scope(number) for number in numbers] for numbers in (outcome.read, outcome.refused))
    if refused:
        await execute(connection, _REFUSE, {"id": run.job.id, "lists": refused, "reason": INSIDE})
    if outcome.has_others:
        await execute(connection, _DROP_OTHERS, {"id": run.job.id, "lists": [*read, *refused]})
    if any([*read, *refused]):
        await execute(connection, _JOIN, {"id": run.job.id})


def _scope(number: int) -> str:
    return str(number) if number else ""
