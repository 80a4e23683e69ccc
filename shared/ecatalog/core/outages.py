"""Tells outages, which pass, from errors."""

from nats.errors import Error as NatsError
from psycopg import OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout, ProgramLimitExceeded, QueryCanceled
from sqlalchemy.exc import DBAPIError

UNREACHABLE = (NatsError, OSError, TimeoutError)
"""An unreachable broker raises one of these."""


def is_transient(error: BaseException) -> bool:
    """Tell an outage of the database or the broker, which passes, from an error."""
    return isinstance(_cause(error), (OperationalError, IdleInTransactionSessionTimeout, *UNREACHABLE))


def exceeds_limit(error: BaseException) -> bool:
    """Tell a statement that PostgreSQL stopped because of its time or its size from an outage: it may never succeed."""
    return isinstance(_cause(error), (QueryCanceled, ProgramLimitExceeded))


def _cause(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error
