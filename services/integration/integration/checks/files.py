"""Looking at what a base has sent by itself, or a person by hand."""

from collections.abc import Iterator, Sequence
from typing import cast, get_args

from ecatalog.contracts.integration import SyncType
from ecatalog.core.errors import BadRequest, FieldErrors
from ecatalog.db.database import Database

from integration.checks.facts import SourceFacts
from integration.checks.kept import first_records
from integration.checks.offers import sampled_offer
from integration.checks.sampling import (
    FieldTargets,
    SampledRecord,
    filled_fields,
    missing_columns,
    row_of,
    sample_of,
    sampled,
)
from integration.checks.schemas import CheckOut, SampleIn, SampleOut, StreamCheck
from integration.checks.sentences import message_of, problem_of, warnings_of
from integration.connectors.commerceml.rows import STREAMS
from integration.connectors.errors import SourceError
from integration.connectors.source import Record
from integration.integrations.models import Integration
from integration.mappings import model
from integration.mappings.mapper import Mapper
from integration.mappings.targets import Stream
from integration.values.run import VALUE_STREAMS

MAPPED = get_args(SyncType)
OBJECTS = {
    "groups": "Группа", "price_types": "ТипЦены", "warehouses": "Склад", "nomenklatura": "Товар",
    "variants": "Предложение", "prices": "Предложение/Цены", "stock": "Предложение/Количество", "clients": "Контрагент",
}  # fmt: skip
SAMPLE_SECONDS, CHECK_SECONDS = 50.0, 10.0
NO_STREAM = f"There is no such stream; there are {', '.join(STREAMS)}."
NOTHING_KEPT = (
    "No files are kept of this integration: have 1C send them, or load them by hand, with dry_run=true if they are"
    " only to be looked at."
)


async def check_files(database: Database, integration: Integration, mapping: model.Mapping) -> CheckOut:
    """Tell what has come of a base, and what of it is chosen."""
    facts = _facts(database, integration)
    exchange, counts, snapshots = await facts.exchange(), await facts.counts(), await facts.snapshots()
    price_types, warehouses = await facts.price_types(mapping), await facts.warehouses(mapping)
    missing = await _missing(database, integration, mapping)
    stale = {snapshot.stream for snapshot in snapshots if snapshot.is_stale}
    streams = [
        StreamCheck(
            stream=stream, object=OBJECTS[stream], available=counts.get(stream, 0) > 0, count=counts.get(stream),
            problem=problem_of(stream, is_stale=stream in stale), missing_fields=missing.get(stream, []),
        )
        for stream in STREAMS
    ]  # fmt: skip
    ok, cause, message = message_of(integration.kind, exchange)
    return CheckOut(
        ok=ok, cause=cause, message=message, operations=[], streams=streams, price_types=price_types,
        warehouses=warehouses, exchange=exchange,
        warnings=list(warnings_of(mapping, price_types, warehouses, snapshots, counts)),
    )  # fmt: skip


async def sample_files(
    database: Database, integration: Integration, mapping: model.Mapping, given: SampleIn
) -> SampleOut:
    """Return the first records of a stream in the last set that is kept. What is wrong with it is a BadRequest."""
    stream = given.stream
    if stream not in STREAMS:
        raise FieldErrors({"stream": [NO_STREAM]})
    try:
        found = await first_records(database, integration.id or 0, [stream], SAMPLE_SECONDS)
    except SourceError as error:
        raise BadRequest({"detail": error.message}) from error
    if found is None:
        raise BadRequest({"detail": NOTHING_KEPT})
    chosen = mapping.streams.get(stream)
    records = list(_mapped(found[stream], stream, mapping))
    return sample_of(stream, records, given.limit, FieldTargets(chosen, str), {})


def _mapped(records: Sequence[Record], stream: str, mapping: model.Mapping) -> Iterator[SampledRecord]:
    chosen = mapping.streams.get(stream)
    if stream in VALUE_STREAMS:
        for record in records:
            yield SampledRecord(record.fields, sampled_offer(record, stream, mapping))
        return
    if chosen is None or stream not in MAPPED:
        for record in records:
            raw = {**record.fields, **record.children}
            yield SampledRecord(record.fields, row_of(raw, None))
        return
    name = cast(Stream, stream)
    mapper = Mapper(chosen, name)
    for record in records:
        yield sampled(record.fields, mapper.map(record), name, record.children)


def _facts(database: Database, integration: Integration) -> SourceFacts:
    integration_id = integration.id or 0
    return SourceFacts(database, integration_id, integration.project_id, integration.base or str(integration_id))


async def _missing(database: Database, integration: Integration, mapping: model.Mapping) -> dict[str, list[str]]:
    """Return the columns of each mapped stream that no field of the last set fills; none of a stream without any."""
    try:
        found = await first_records(database, integration.id or 0, MAPPED, CHECK_SECONDS)
    except SourceError:
        return {}
    return {
        stream: missing_columns(mapping.streams[stream], filled_fields(record.fields for record in records), str)
        for stream, records in (found or {}).items()
        if records and stream in mapping.streams
    }
