"""A 1C SOAP service, read as a stream of clean rows."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from integration.soap.batch import Batch, Counters, Kind
from integration.soap.settings import SourceSettings


class SoapSource:
    """Reads one source; every failure is a SourceError. Sessions of 1C that were started are finished on exit.

    async with SoapSource(settings) as source:
        async for batch in source.rows("nomenklatura", "GetProductList"):
            ...
    """

    def __init__(self, settings: SourceSettings) -> None: ...

    counters: Counters

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def rows(self, kind: Kind, operation: str) -> AsyncIterator[Batch]:
        """Batches of about `batch_size` rows. Only when it ends without an error was the answer complete."""
        ...

    async def operations(self) -> list[str]:
        """The operations that the service offers, by name."""
        ...


@dataclass(frozen=True, slots=True)
class CheckResult:
    ok: bool
    cause: str | None
    message: str
    operations: list[str]


async def check(settings: SourceSettings, operations: Sequence[str]) -> CheckResult:
    """Try the connection, the WSDL and the presence of the operations; never raises SourceError."""
    ...
