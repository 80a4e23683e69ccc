"""One exception says why a source could not be read, with a cause for code and a text for a person."""

import re
from enum import StrEnum

_NEVER_STORED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Cause(StrEnum):
    ADDRESS = "address"  # not an http(s) address, or one this installation must not call
    NAME_NOT_FOUND = "name_not_found"
    REFUSED = "refused"
    CONNECT_TIMEOUT = "connect_timeout"
    READ_TIMEOUT = "read_timeout"
    TLS = "tls"
    DISCONNECTED = "disconnected"
    REDIRECT = "redirect"
    UNAUTHORIZED = "unauthorized"  # 401
    LICENCE = "licence"  # 402, or a page that speaks of licences
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404
    BUSY = "busy"  # 406: no free session
    SERVER_ERROR = "server_error"  # any other error status
    FAULT = "fault"  # a SOAP fault, whatever its status
    HTML = "html"
    NOT_WSDL = "not_wsdl"
    OPERATION_MISSING = "operation_missing"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    UNEXPECTED = "unexpected"  # well-formed, and not a list of rows


class SourceError(Exception):
    """Reading a source failed.

    ``message`` names the cause and holds no password, login or stack trace; ``detail`` is for the log only (the rest of
    a fault, the start of a page).
    """

    def __init__(self, message: str, cause: Cause, detail: str = "") -> None:
        super().__init__(message)
        self.message = _storable(message)
        self.cause = cause
        self.detail = _storable(detail)


def _storable(text: str) -> str:
    """Return the text without what PostgreSQL cannot keep: a message may repeat bytes that were no text at all."""
    return _NEVER_STORED.sub("\N{REPLACEMENT CHARACTER}", text)


class DoctypeRefused(SourceError):
    """A document type where none has a place: the way to entities that grow, or that read files."""
