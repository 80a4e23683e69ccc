"""Declares the metrics that every process has."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("http_requests_total", "Requests by route template and status", ["method", "route", "status"])
LATENCY = Histogram(
    "http_request_seconds", "Time to answer, by route template", ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
PUBLISHED = Counter("events_published_total", "Events the broker confirmed", ["type"])
CONSUMED = Counter("events_consumed_total", "Events handled, by outcome", ["consumer", "stream", "type", "outcome"])
REDELIVERED = Counter("events_redelivered_total", "Events that came again", ["consumer", "stream"])
CONSUMER_PROGRESS = Gauge(
    "consumer_last_fetch_timestamp_seconds", "When the consumer last asked for events", ["consumer", "stream"]
)
CONSUMER_LAG = Gauge("consumer_pending_messages", "Events that wait for the consumer", ["consumer", "stream"])
DEAD_LETTERS = Counter("events_dead_lettered_total", "Events given up", ["origin", "type"])
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
"""The route of a request that found none."""


def counted_method(method: str) -> str:
    """Return the label of a method: clients invent methods, and labels of metrics are for ever."""
    return method if method in KNOWN_METHODS else "other"
