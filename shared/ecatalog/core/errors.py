"""Declares errors with their HTTP status, and the JSON bodies that clients of the contract expect."""

import errno
from collections.abc import Mapping, Sequence
from typing import Any

NOT_AUTHENTICATED = "Authentication credentials were not provided."
NOT_FOUND = "Not found."
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
BEARER = {"WWW-Authenticate": 'Bearer realm="api"'}


class ApiError(Exception):
    """Is answered as ``status`` with ``body`` as JSON."""

    status = 500

    def __init__(self, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.body = body
        self.headers = dict(headers or {})


class FieldErrors(ApiError):
    """Answers 400 with the errors of each field, in field order: ``{"field": ["message", …]}``."""

    status = 400

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(dict(fields))


class BadRequest(ApiError):
    """Answers 400 with a body of its own form."""

    status = 400


class ParseError(BadRequest):
    def __init__(self, detail: str) -> None:
        super().__init__({"detail": detail})


class NotAuthenticated(ApiError):
    status = 401

    def __init__(self) -> None:
        super().__init__({"detail": NOT_AUTHENTICATED}, BEARER)


class AuthenticationFailed(ApiError):
    """Answers 401 with a ``code``, as clients of token authentication know it."""

    status = 401

    def __init__(self, detail: str, code: str | None = None, **extra: Any) -> None:
        body = {"detail": detail} | ({"code": code} if code else {}) | extra
        super().__init__(body, BEARER)


def token_not_valid(message: str) -> AuthenticationFailed:
    """Return the 401 for an access token; ``message`` is one of the three texts of the contract."""
    return AuthenticationFailed(
        "Given token not valid for any token type",
        "token_not_valid",
        messages=[{"token_class": "AccessToken", "token_type": "access", "message": message}],
    )


class Forbidden(ApiError):
    status = 403

    def __init__(self) -> None:
        super().__init__({"detail": "You do not have permission to perform this action."})


class NotFound(ApiError):
    status = 404

    def __init__(self, detail: str = NOT_FOUND) -> None:
        super().__init__({"detail": detail})


class MethodNotAllowed(ApiError):
    status = 405

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__({"detail": f'Method "{method}" not allowed.'}, {"Allow": ", ".join(allowed)})


class NotAcceptable(ApiError):
    status = 406

    def __init__(self) -> None:
        super().__init__({"detail": "Could not satisfy the request Accept header."})


class Conflict(ApiError):
    status = 409


class PreconditionFailed(ApiError):
    """Answers 412 when the row changed since the client read it."""

    status = 412

    def __init__(self) -> None:
        super().__init__({"detail": "The row has changed since it was read."})


class TooLarge(ApiError):
    status = 413

    def __init__(self, detail: str = "Request body is too large.") -> None:
        super().__init__({"detail": detail})


class UnsupportedMediaType(ApiError):
    status = 415

    def __init__(self, media_type: str) -> None:
        super().__init__({"detail": f'Unsupported media type "{media_type}" in request.'})


class Throttled(ApiError):
    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(
            {"detail": f"Request was throttled. Expected available in {seconds} seconds."},
            {"Retry-After": str(seconds)},
        )


class Unavailable(ApiError):
    """Answers 503 when something that this request needs is unavailable for the moment."""

    status = 503

    def __init__(self, detail: str = "Service temporarily unavailable.") -> None:
        super().__init__({"detail": detail}, {"Retry-After": "1"})
