"""Remembers the request that the present work belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")


traceparent: ContextVar[str] = ContextVar("traceparent", default="")


@contextmanager
def bound(request: str, trace: str = "") -> Iterator[None]:
    """Let everything inside belong to this request: logs, events and questions to other services."""
    tokens = request_id.set(request), traceparent.set(trace)
    try:
        yield
    finally:
        request_id.reset(tokens[0])
        traceparent.reset(tokens[1])
