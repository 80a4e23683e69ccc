"""Telling an outage, which passes, from an error."""

import psycopg
from ecatalog.events.broker import AWAY
from sqlalchemy.exc import DBAPIError


def is_away(error: Exception) -> bool:
    """Whether the database or the broker cannot be reached: nobody's fault, and to be tried again."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, (psycopg.OperationalError, *AWAY))
