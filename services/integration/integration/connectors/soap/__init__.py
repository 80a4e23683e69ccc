"""The SOAP connector: pulls products and clients out of a 1C web service."""

from integration.connectors.soap.address import AddressPolicy
from integration.connectors.soap.batch import Batch, Counters, Kind, RejectedRecord, SourceRecord
from integration.connectors.soap.errors import Cause, SourceError
from integration.connectors.soap.outcome import Outcome
from integration.connectors.soap.settings import SourceSettings
from integration.connectors.soap.source import CheckResult, SoapSource, check

__all__ = [
    "AddressPolicy",
    "Batch",
    "Cause",
    "CheckResult",
    "Counters",
    "Kind",
    "Outcome",
    "RejectedRecord",
    "SoapSource",
    "SourceError",
    "SourceRecord",
    "SourceSettings",
    "check",
]
