"""Metrics of the exchange and of the files that it leaves here."""

from prometheus_client import Counter, Gauge

MODES = frozenset({"checkauth", "init", "file", "import", "deactivate", "complete", "query"})
WORDS = frozenset({"progress", "failure", "unauthorized"})

ANSWERS = Counter("exchange_answers_total", "Steps of 1C's exchange, by what they are answered", ["mode", "answer"])
KEPT = Gauge("source_files_bytes", "Bytes of the files of sources that are kept")

KEPT_BYTES = "select coalesce(sum(bytes), 0)::float8 from source_set"


def count_answer(mode: str, word: str) -> None:
    """Count a step; clients invent modes, and labels of metrics are for ever."""
    ANSWERS.labels(mode if mode in MODES else "other", word if word in WORDS else "success").inc()
