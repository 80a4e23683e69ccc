"""The SOAP connector reads products and clients from a 1C web service."""

from integration.connectors.errors import Cause, SourceError
from integration.connectors.soap.address import AddressPolicy
from integration.connectors.soap.batch import Batch
from integration.connectors.soap.outcome import ReadOutcome
from integration.connectors.soap.settings import SourceSettings
from integration.connectors.soap.source import SoapSource, check
from integration.mappings.rows import RejectedRow, SourceRow

__all__ = [
    "AddressPolicy",
    "Batch",
    "Cause",
    "ReadOutcome",
    "RejectedRow",
    "SoapSource",
    "SourceError",
    "SourceRow",
    "SourceSettings",
    "check",
]
