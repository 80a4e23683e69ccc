"""The SOAP connector: pulls products and clients out of a 1C web service."""

from integration.soap.address import AddressPolicy
from integration.soap.batch import Batch, Counters, Kind, Rejected, Row
from integration.soap.errors import Cause, SourceError
from integration.soap.outcome import Outcome
from integration.soap.settings import SourceSettings
from integration.soap.source import CheckResult, SoapSource, check

__all__ = [
    "AddressPolicy",
    "Batch",
    "Cause",
    "CheckResult",
    "Counters",
    "Kind",
    "Outcome",
    "Rejected",
    "Row",
    "SoapSource",
    "SourceError",
    "SourceSettings",
    "check",
]
