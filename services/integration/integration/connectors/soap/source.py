"""A 1C SOAP service, read as a stream of clean rows."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from types import TracebackType
from typing import Self

import httpx

from integration.connectors.errors import Cause, SourceError
from integration.connectors.soap.address import parse_url
from integration.connectors.soap.answer import AnswerReader
from integration.connectors.soap.batch import Batch, Counters, Kind
from integration.connectors.soap.batches import Batches
from integration.connectors.soap.connection import Connection
from integration.connectors.soap.envelope import request_body, request_headers
from integration.connectors.soap.failures import refuse_parts, refused, text_of
from integration.connectors.soap.lists import Lists
from integration.connectors.soap.outcome import ReadOutcome, told
from integration.connectors.soap.sampling import FirstRows, SampledRow
from integration.connectors.soap.settings import SourceSettings
from integration.connectors.soap.wsdl import Operation, declared_fields, read_wsdl

LARGEST_WSDL = 8 * 1024 * 1024
_LARGEST_ERROR = 256 * 1024
_ROWS_BETWEEN_PAUSES = 500
_OPERATIONS_SHOWN = 20
_PERHAPS_NOT_THE_WSDL = {Cause.NOT_WSDL, Cause.HTML, Cause.NOT_FOUND, Cause.SERVER_ERROR}


class SoapSource:
    """Reads one source; every failure is a SourceError. Sessions of 1C that were started are finished on exit.

    async with SoapSource(settings) as source:
        async for batch in source.rows("nomenklatura", "GetProductList"):
            ...
    """

    def __init__(self, settings: SourceSettings) -> None:
        self.counters = Counters()
        self.outcome = ReadOutcome([])
        self._settings = settings
        self._url = self._wsdl_url = parse_url(settings.wsdl_url)
        self._connection = Connection(settings, self._url, self.counters)
        self._operations: dict[str, Operation] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.finish()

    async def operations(self) -> list[str]:
        """Return the operations that the service offers, by name."""
        return sorted(await self._read_operations())

    async def rows(self, kind: Kind, operation: str) -> AsyncGenerator[Batch, None]:
        """Yield batches of about ``batch_size`` rows, each of one list of the answer.

        Only when it ends without an error was the answer complete; ``outcome`` then says which of the lists count.
        """
        stream = self._settings.mapping.streams.get(kind)
        if stream is None:
            raise SourceError(f"The mapping of this integration has no {kind}", Cause.UNEXPECTED)
        lists = Lists(kind, stream, invert_is_active=self._settings.invert_is_active)
        called = await self._operation(operation)
        batches = Batches(self._settings.batch_size)
        async with self._answer(called) as (charset, pieces):
            reader = AnswerReader(lists, charset)
            async for piece in pieces:
                batches.add(reader.feed(piece))
                for batch in batches.full():
                    yield batch
        rest = reader.close()
        while found := list(islice(rest, _ROWS_BETWEEN_PAUSES)):
            batches.add(found)
            await asyncio.sleep(0)
        self.counters.control_characters = reader.control_characters
        self.counters.rows = sum(found.mapper.rows for found in lists.all)
        self.counters.rejected = sum(found.mapper.rejected for found in lists.all)
        self.outcome = told(reader.choose(), lists.all, reader.said, self.counters)
        for batch in batches.rest():
            yield batch

    async def first_rows(self, kind: Kind, operation: str, most: int) -> list[SampledRow]:
        """Return the first rows of the list that is meant, raw and mapped; the rest need not be read.

        An answer whose list is known only at its end is read whole.
        """
        stream = self._settings.mapping.streams.get(kind)
        if stream is None:
            raise SourceError(f"The mapping of this integration has no {kind}", Cause.UNEXPECTED)
        lists = Lists(kind, stream, invert_is_active=self._settings.invert_is_active)
        kept = FirstRows(most)
        async with self._answer(await self._operation(operation)) as (charset, pieces):
            reader = AnswerReader(lists, charset)
            async for piece in pieces:
                kept.add(reader.feed(piece))
                if kept.is_enough(lists.all):
                    return kept.of([found for found in lists.all if found.usual])
        kept.add(reader.close())
        return kept.of(reader.choose().read)

    async def declared_fields(self) -> dict[str, str]:
        """Return the types of the elements that the WSDL declares, by their names; of those that it imports, none."""
        return declared_fields(await self._document(self._wsdl_url))

    async def require(self, operation: str) -> None:
        """Raise a SourceError that lists what there is unless the service offers the operation."""
        await self._operation(operation)

    @asynccontextmanager
    async def _answer(self, operation: Operation) -> AsyncIterator[tuple[str | None, AsyncGenerator[bytes, None]]]:
        """Return the encoding that the answer's head names, and the pieces of its body."""
        connection = self._connection
        endpoints = self._endpoints(operation)
        body, headers = request_body(operation), request_headers(operation)
        retried = False
        while True:
            async with connection.open("POST", endpoints[0], headers, body) as response:
                if response.status_code == 400 and connection.has_session and not retried:
                    retried = True  # the session is unknown or over: start another one
                    connection.forget_session()
                    continue
                if response.status_code == 404 and len(endpoints) > 1:
                    endpoints.pop(0)
                    continue
                if not response.is_success:
                    raise await self._refusal(endpoints[0], response)
                refuse_parts(response.headers.get("content-type", ""))
                async with aclosing(connection.body(endpoints[0], response)) as pieces:
                    yield response.charset_encoding, pieces
                return

    def _endpoints(self, operation: Operation) -> list[httpx.URL]:
        """Return where to call: the path of the WSDL on the host that the user gave, else the path that the user gave.

        The WSDL names the server's own idea of its host, and a proxy may serve it under another path as well.
        """
        typed = self._url.copy_with(query=None)
        try:
            declared = httpx.URL(operation.location).raw_path if operation.location else typed.raw_path
        except httpx.InvalidURL:
            declared = typed.raw_path
        first = self._url.copy_with(raw_path=declared)
        return [first] if first == typed else [first, typed]

    async def _operation(self, name: str) -> Operation:
        operations = await self._read_operations()
        if name in operations:
            return operations[name]
        offered = ", ".join(sorted(operations)[:_OPERATIONS_SHOWN]) or "none"
        raise SourceError(f'The service has no operation "{name}"; it offers: {offered}', Cause.OPERATION_MISSING)

    async def _read_operations(self) -> dict[str, Operation]:
        if self._operations is None:
            try:
                self._operations = await read_wsdl(self._url, self._document)
            except SourceError as error:
                if self._url.query or error.cause not in _PERHAPS_NOT_THE_WSDL:
                    raise
                self._wsdl_url = self._url.copy_with(query=b"wsdl")
                self._operations = await read_wsdl(self._wsdl_url, self._document)
        return self._operations

    async def _document(self, url: httpx.URL) -> bytes:
        limit = 2 * self._settings.timeout  # connecting and waiting have limits of their own, below this one
        try:
            async with asyncio.timeout(limit), self._connection.open("GET", url) as response:
                if not response.is_success:
                    raise await self._refusal(url, response)
                refuse_parts(response.headers.get("content-type", ""))
                return text_of(await self._beginning(url, response, LARGEST_WSDL), response.charset_encoding)
        except TimeoutError as error:
            raise SourceError(f"The WSDL did not arrive within {limit:g} seconds", Cause.READ_TIMEOUT) from error

    async def _beginning(self, url: httpx.URL, response: httpx.Response, limit: int) -> bytes:
        body = bytearray()
        async with aclosing(self._connection.body(url, response)) as pieces:
            async for piece in pieces:
                body += piece
                if len(body) > limit:
                    raise SourceError(f"The document is larger than {limit // 2**10} KB", Cause.TOO_LARGE)
        return bytes(body)

    async def _refusal(self, url: httpx.URL, response: httpx.Response) -> SourceError:
        try:
            body = await self._beginning(url, response, _LARGEST_ERROR)
        except SourceError:
            body = b""
        logins = response.headers.get_list("www-authenticate")
        return refused(response.status_code, body, response.charset_encoding, logins)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of trying a source: the ``cause`` of a failure, and the ``operations`` that the service offers.

    ``fields`` are the types of the elements that its WSDL declares, by their names.
    """

    ok: bool
    cause: Cause | None
    message: str
    operations: list[str]
    fields: dict[str, str] = field(default_factory=dict)


async def check(settings: SourceSettings, operations: Sequence[str]) -> CheckResult:
    """Try the connection, the login, the WSDL and the presence of the operations; never raises a SourceError."""
    offered: list[str] = []
    try:
        async with SoapSource(settings) as source:
            offered = await source.operations()
            for operation in operations:
                await source.require(operation)
            fields = await source.declared_fields()
    except SourceError as error:
        return CheckResult(False, error.cause, error.message, offered)
    return CheckResult(True, None, "The source answers and offers what is needed", offered, fields)
