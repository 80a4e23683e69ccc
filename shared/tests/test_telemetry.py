"""Log lines are JSON that a machine can read."""

import io
import logging

import orjson
import pytest
from ecatalog.telemetry import context
from ecatalog.telemetry.logging import JsonFormatter, logger


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter("thing"))
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    logging.getLogger("thing").setLevel("INFO")
    return stream


def test_sentence_facts_and_request_id_are_one_line(written: io.StringIO) -> None:
    context.request_id.set("abc-12345")
    logger("thing").warning("the relay waits", error="нет связи", key={1: b"x"})
    line = orjson.loads(written.getvalue())
    assert line["timestamp"].endswith("+00:00")
    del line["timestamp"]
    assert line == {
        "level": "warning", "service": "thing", "event": "the relay waits", "request_id": "abc-12345",
        "error": "нет связи", "key": {"1": "b'x'"},
    }  # fmt: skip


def test_exception_carries_its_trace_on_the_same_line(written: io.StringIO) -> None:
    try:
        raise ValueError("why")
    except ValueError as error:
        logger("thing").exception("it failed", exc_info=error)
    lines = written.getvalue().splitlines()
    assert len(lines) == 1
    assert "ValueError: why" in orjson.loads(lines[0])["exception"]


def test_lines_of_libraries_name_their_logger(written: io.StringIO) -> None:
    logging.getLogger("thing.library").warning("with %s", "arguments")
    line = orjson.loads(written.getvalue())
    assert (line["event"], line["logger"]) == ("with arguments", "thing.library")
