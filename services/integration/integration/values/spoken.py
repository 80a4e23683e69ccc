"""The end of staging: for which price types and warehouses the lists speak, and which records cannot be read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.connectors.commerceml import Classifier
from integration.values.currencies import currency_code
from integration.values.repeated import join_repeated
from integration.values.run import PRICES, TOTAL, VALUE_STREAMS, ValuesRun
from integration.values.told import warnings_of

_CURRENCIES = """
    update staged_value v set currency = %(currencies)s::jsonb ->> v.of
     where v.job_id = %(job_id)s and v.stream = 'prices' and v.currency is null and %(currencies)s::jsonb ? v.of
"""
_ERRORS = """
    insert into job_error (job_id, code, error)
    select o.job_id, o.key, concat_ws(': ', nullif(o.place, ''), o.reason)
      from staged_offer o
     where o.job_id = %(job_id)s and o.stream = %(stream)s and o.reason is not null
     order by o.n
"""
_CAME = """
    select distinct v.of from staged_value v where v.job_id = %(job_id)s and v.stream = %(stream)s
"""
_SPOKEN = "update sync_stream set spoken = %(spoken)s where job_id = %(job_id)s and stream = %(stream)s"


@dataclass(frozen=True, slots=True)
class Staged:
    """What is known of the prices and stock of a run when all were read.

    ``errors`` are the records of each stream that cannot be read or come again, each with its row in ``job_error``;
    ``warnings`` are sentences for the job, without any price.
    """

    errors: dict[str, int]
    warnings: list[str]


async def end_staging(
    connection: Transaction, run: ValuesRun, classifiers: Mapping[str, Classifier], used: Collection[str]
) -> Staged:
    """Note for which price types and warehouses the lists speak, and report what cannot be read.

    ``classifiers`` are those of the source after the last batch, ``used`` the keys of those that its offers name
    (``CommerceMLSource.used``). The rows of the two streams in ``sync_stream`` must be there: ``spoken`` is set in
    them.
    """
    await _add_currencies(connection, run, classifiers)
    errors, warnings = {}, []
    for stream in VALUE_STREAMS:
        await join_repeated(connection, run, stream)
        about = run.key | {"stream": stream}
        errors[stream] = (await execute(connection, _ERRORS, about)).rowcount
        came = {of for (of,) in await (await execute(connection, _CAME, about)).fetchall()}
        names = _names(stream, classifiers)
        declared = {key for name in used if name in classifiers for key in _names(stream, {name: classifiers[name]})}
        await execute(connection, _SPOKEN, about | {"spoken": sorted((came | declared) - {TOTAL})})
        warnings += warnings_of(run, stream, came, names)
    return Staged(errors, warnings)


async def _add_currencies(connection: Transaction, run: ValuesRun, classifiers: Mapping[str, Classifier]) -> None:
    """Give prices without a currency that of their type."""
    found = {key: text for classifier in classifiers.values() for key, text in classifier.currencies.items()}
    codes = {key: code for key, text in found.items() if (code := currency_code(text))}
    if codes:
        await execute(connection, _CURRENCIES, run.key | {"currencies": orjson.dumps(codes).decode()})


def _names(stream: str, classifiers: Mapping[str, Classifier]) -> dict[str, str]:
    """Return the names of price types or warehouses by their keys."""
    names: dict[str, str] = {}
    for classifier in classifiers.values():
        names |= classifier.price_types if stream == PRICES else classifier.warehouses
    return names
