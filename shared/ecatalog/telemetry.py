"""JSON logs with the request id, and the metrics every process has."""

import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import orjson
import structlog
from prometheus_client import Counter, Gauge, Histogram

request_id: ContextVar[str] = ContextVar("request_id", default="")
traceparent: ContextVar[str] = ContextVar("traceparent", default="")

REQUESTS = Counter("http_requests_total", "Requests by route template and status", ["method", "route", "status"])
LATENCY = Histogram(
    "http_request_seconds", "Time to answer, by route template", ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
OUTBOX_AGE = Gauge("outbox_oldest_unpublished_seconds", "Age of the oldest event the broker has not confirmed")
PUBLISHED = Counter("events_published_total", "Events the broker confirmed", ["type"])
CONSUMED = Counter("events_consumed_total", "Events handled, by outcome", ["consumer", "type", "outcome"])
CONSUMER_PROGRESS = Gauge("consumer_last_fetch_timestamp_seconds", "When the consumer last asked", ["consumer"])
CONSUMER_LAG = Gauge("consumer_pending_messages", "Messages waiting for the consumer", ["consumer"])
DEAD_LETTERS = Counter("events_dead_lettered_total", "Events given up", ["origin", "type"])


def _add_request_id(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if current := request_id.get():
        event["request_id"] = current
    return event


def configure_logging(service: str, level: str) -> None:
    """Write one JSON object a line to standard error, ours and the libraries' alike."""

    def add_service(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        _add_request_id,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(lambda event, **_: orjson.dumps(event, default=str).decode()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(name: str) -> Any:
    """A structlog logger; events are short sentences, facts are keyword arguments."""
    return structlog.stdlib.get_logger(name)
