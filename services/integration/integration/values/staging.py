"""Records of prices and stock are brought into the staging tables, a batch at a time."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from ecatalog.db.pool import Transaction

from integration.connectors.source import Record
from integration.values.offers import StagedOffer, offer_of
from integration.values.run import ValuesRun

_COPY_OFFERS = (
    "copy staged_offer (job_id, n, stream, key, product_key, is_list, is_empty, place, reason)"
    " from stdin (format binary)"
)
_OFFER_TYPES = ("int8", "int4", "text", "text", "text", "bool", "bool", "text", "text")
_COPY_VALUES = (
    "copy staged_value (job_id, n, stream, key, product_key, of, coefficient, min_quantity, value, currency)"
    " from stdin (format binary)"
)
_VALUE_TYPES = ("int8", "int4", "text", "text", "text", "text", "numeric", "numeric", "numeric", "text")

Rows = Iterator[tuple[Any, ...]]


async def stage(connection: Transaction, run: ValuesRun, stream: str, records: Sequence[Record], first_n: int) -> None:
    """Stage the records of one batch of ``prices`` or ``stock``; ``first_n`` counts those of the stream before them.

    It copies into ``staged_offer`` and ``staged_value``: no other ``COPY`` of the connection may be open.
    """
    offers = await asyncio.to_thread(lambda: [offer_of(record, stream) for record in records])
    await _copy(connection, _COPY_OFFERS, _OFFER_TYPES, _offer_rows(run.job_id, stream, offers, first_n))
    await _copy(connection, _COPY_VALUES, _VALUE_TYPES, _value_rows(run.job_id, stream, offers, first_n))


async def _copy(connection: Transaction, statement: str, types: Sequence[str], rows: Rows) -> None:
    async with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.set_types(types)
        for row in rows:
            await copy.write_row(row)


def _offer_rows(job_id: int, stream: str, offers: Sequence[StagedOffer], first_n: int) -> Rows:
    for n, offer in enumerate(offers, first_n):
        about = offer.key, offer.product_key, offer.is_list, offer.is_empty, offer.place, offer.reason
        yield job_id, n, stream, *about


def _value_rows(job_id: int, stream: str, offers: Sequence[StagedOffer], first_n: int) -> Rows:
    for n, offer in enumerate(offers, first_n):
        for value in offer.values:
            yield job_id, n, stream, offer.key, offer.product_key, *value
