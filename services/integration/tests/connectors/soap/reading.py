"""Whole answers, read as a source reads them."""

from typing import NamedTuple

import orjson
import pytest
from integration.connectors.soap import Cause, SourceError
from integration.connectors.soap.answer import AnswerReader
from integration.connectors.soap.batch import Counters, Kind
from integration.connectors.soap.batches import Batches
from integration.connectors.soap.lists import Lists
from integration.connectors.soap.outcome import ReadOutcome, told
from integration.mappings.model import StreamMapping
from integration.mappings.presets import preset
from integration.mappings.rows import RejectedRow, SourceRow

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def answer(inside: str, declaration: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> str:
    """The whole answer around what the operation's own element holds."""
    return (
        f'{declaration}<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
        f'<m:GetProductListResponse xmlns:m="http://www.sample-package.org" xmlns:xsi="{XSI}">{inside}'
        "</m:GetProductListResponse></soap:Body></soap:Envelope>"
    )


def returned(inside: str) -> str:
    return answer(f"<m:return>{inside}</m:return>")


def row(name: str, code: str, title: str = "Чай", **fields: str) -> str:
    more = "".join(f"<m:{field}>{value}</m:{field}>" for field, value in fields.items())
    return f"<m:{name}><m:Code>{code}</m:Code><m:Name>{title}</m:Name>{more}</m:{name}>"


def rows(name: str, *codes: str, **fields: str) -> str:
    return "".join(row(name, code, **fields) for code in codes)


class Reading(NamedTuple):
    """The outcome of an answer: the rows that count and those that are errors."""

    stored: list[SourceRow]
    rejected: list[RejectedRow]
    outcome: ReadOutcome

    @property
    def codes(self) -> list[str]:
        return [found.code for found in self.stored]

    def column(self, name: str) -> list[object]:
        return [orjson.loads(found.payload).get(name) for found in self.stored]


def lists_of(kind: Kind = "nomenklatura", mapping: StreamMapping | None = None) -> Lists:
    """The lists of one answer, by the preset unless there is a mapping."""
    return Lists(kind, mapping or preset("soap").streams[kind])


def read(
    document: str | bytes, kind: Kind = "nomenklatura", piece: int = 1000, charset: str | None = None,
    mapping: StreamMapping | None = None,
) -> Reading:  # fmt: skip
    body = document.encode() if isinstance(document, str) else document
    counters = Counters()
    lists = lists_of(kind, mapping)
    reader, batches = AnswerReader(lists, charset), Batches(10**9)
    for start in range(0, len(body), piece):
        batches.add(reader.feed(body[start : start + piece]))
    batches.add(reader.close())
    counters.control_characters = reader.control_characters
    outcome = told(reader.choose(), lists.all, reader.said, counters)
    stored, rejected = [], []
    for batch in batches.rest():
        if batch.of_list in outcome.read:
            stored += batch.rows
            rejected += batch.rejected
        elif batch.of_list in outcome.refused:
            rejected += [RejectedRow(found.code, "inside") for found in batch.rows] + batch.rejected
    return Reading(stored, rejected, outcome)


def refused(document: str | bytes, kind: Kind = "nomenklatura", charset: str | None = None) -> SourceError:
    with pytest.raises(SourceError) as failed:
        read(document, kind, charset=charset)
    assert "\n" not in failed.value.message
    assert failed.value.cause in Cause
    return failed.value
