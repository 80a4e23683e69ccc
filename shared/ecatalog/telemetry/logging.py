"""Writes logs as JSON with the id of the request."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

from ecatalog.telemetry.context import request_id


class Logger:
    """Writes short sentences with facts as keyword arguments: ``log.warning("the relay waits", error=…)``."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, sentence: str, **facts: Any) -> None:
        self._write(logging.DEBUG, sentence, facts)

    def info(self, sentence: str, **facts: Any) -> None:
        self._write(logging.INFO, sentence, facts)

    def warning(self, sentence: str, **facts: Any) -> None:
        self._write(logging.WARNING, sentence, facts)

    def error(self, sentence: str, **facts: Any) -> None:
        self._write(logging.ERROR, sentence, facts)

    def exception(self, sentence: str, exc_info: BaseException | bool = True, **facts: Any) -> None:
        self._write(logging.ERROR, sentence, facts | {"exc_info": exc_info})

    def _write(self, level: int, sentence: str, facts: dict[str, Any]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, sentence, exc_info=facts.pop("exc_info", None), extra={"facts": facts})


class JsonFormatter(logging.Formatter):
    """Writes one JSON object a line: our records with their facts, those of libraries as they are."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "service": self._service,
            "event": record.getMessage(),
        }
        if current := request_id.get():
            line["request_id"] = current
        line |= getattr(record, "facts", {"logger": record.name})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def configure_logging(service: str, level: str) -> None:
    """Write everything to standard error as JSON.

    ``service`` names the process, such as ``catalog-worker``. DEBUG is about our own code: libraries say so much
    there that a picture's upload would fill a disk.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    for own in ("ecatalog", service.partition("-")[0]):
        logging.getLogger(own).setLevel(level)
    for noisy in ("uvicorn.access", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(name: str) -> Logger:
    """Return the logger of a module."""
    return Logger(name)
