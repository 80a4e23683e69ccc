"""Trying and sampling a service that is called."""

import asyncio
from collections.abc import AsyncIterator
from collections.abc import Mapping as Readable
from dataclasses import replace
from typing import cast

from ecatalog.core.errors import BadRequest, FieldErrors
from ecatalog.db.database import Database

from integration.checks.sampling import LOOKED_AT, FieldTargets, missing_columns, sample_of, sampled
from integration.checks.schemas import CheckOut, SampleIn, SampleOut, StreamCheck
from integration.connectors.errors import SourceError
from integration.connectors.soap import SoapSource, check
from integration.connectors.soap.mapping import folded
from integration.connectors.soap.source import CheckResult
from integration.integrations.models import Integration
from integration.integrations.service import source_settings
from integration.mappings.model import Mapping, StreamMapping
from integration.mappings.targets import TARGETS, Stream
from integration.runs.refusal import why_refused
from integration.settings import IntegrationSettings

SECONDS = 60.0
TOO_SLOW = f"The source gave no sample within {SECONDS:g} seconds."
NO_STREAM = "The mapping of this integration has no such stream; it has {}."
NOT_OFFERED = "The service has no such operation."


async def check_service(
    database: Database, integration: Integration, mapping: Mapping, settings: IntegrationSettings
) -> CheckOut:
    """Try the connection, the login and the operations; what is wrong is in the answer."""
    try:
        source = source_settings(integration, settings)
    except SourceError as error:
        found = CheckResult(ok=False, cause=error.cause, message=error.message, operations=[])
    else:
        found = await check(source, [integration.method_nomenklatura, integration.method_clients])
    streams = [
        _stream(name, getattr(integration, f"method_{name}"), stream, found) for name, stream in mapping.streams.items()
    ]
    warnings = [warning async for warning in _warnings(database, integration, mapping)]
    return CheckOut(
        ok=found.ok, cause=found.cause, message=found.message, operations=found.operations, streams=streams,
        price_types=[], warehouses=[], exchange=None, warnings=warnings,
    )  # fmt: skip


async def sample_service(
    integration: Integration, mapping: Mapping, given: SampleIn, settings: IntegrationSettings
) -> SampleOut:
    """Call the operation of a stream and return its first rows. What is wrong with the source is a BadRequest."""
    stream = mapping.streams.get(given.stream)
    if stream is None:
        raise FieldErrors({"stream": [NO_STREAM.format(", ".join(mapping.streams))]})
    name = cast(Stream, given.stream)
    try:
        async with asyncio.timeout(SECONDS):
            source = SoapSource(replace(source_settings(integration, settings), mapping=mapping))
            async with source:
                rows = await source.first_rows(name, getattr(integration, f"method_{name}"), LOOKED_AT)
                types = await source.declared_fields()
    except TimeoutError:
        raise BadRequest({"detail": TOO_SLOW}) from None
    except SourceError as error:
        raise BadRequest({"detail": error.message}) from error
    records = [sampled(row.fields, row.row, name) for row in rows]
    return sample_of(name, records, given.limit, FieldTargets(stream, folded), types)


def _stream(name: str, operation: str, stream: StreamMapping, found: CheckResult) -> StreamCheck:
    is_offered = operation in found.operations
    return StreamCheck(
        stream=name,
        object=operation,
        available=is_offered,
        count=None,
        problem=None if is_offered else NOT_OFFERED if found.operations else found.message,
        missing_fields=_missing(name, stream, found.fields),
    )


async def _warnings(database: Database, integration: Integration, mapping: Mapping) -> AsyncIterator[str]:
    """Yield why runs of a stream are refused whatever the service answers."""
    for name in mapping.streams:
        if sentence := await why_refused(database, integration.id or 0, name, mapping):
            yield f"{name}: {sentence}"


def _missing(name: str, stream: StreamMapping, declared: Readable[str, str]) -> list[str]:
    """Return the columns without a field; none where the service declares no rows, which come packed then."""
    missing = missing_columns(stream, declared, folded)
    targets = TARGETS[cast(Stream, name)]
    return [] if {targets.code, targets.title} & set(missing) else missing
