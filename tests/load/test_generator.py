"""What makes the load counts right answers only."""

from pathlib import Path

import pytest

from tests.load import generator, rates, wrk
from tests.load.requests import Encoder, Load
from tests.load.trivial import BODY

RIGHT = {"marker": b'"answer"', "rows": 1}


def load(port: int, **expected: object) -> Load:
    encoder = Encoder(port, "token")
    return Load([encoder.get("/first"), encoder.send("POST", "/second", {"name": "ў"})], **expected)  # type: ignore[arg-type]


def test_right_answers_are_counted_and_timed(backend: int) -> None:
    outcome = generator.run(backend, load(backend, **RIGHT), seconds=0.3)
    assert outcome.wrong == 0
    assert len(outcome.latencies) > 100
    assert outcome.per_second > 300
    assert 0 < outcome.percentile(0.5) <= outcome.percentile(0.95) < 0.3


@pytest.mark.parametrize("expected", [{"status": 201}, {"rows": 2}, {"marker": b'"code_1c"'}])
def test_answers_that_are_not_as_expected_are_wrong(backend: int, expected: dict[str, object]) -> None:
    outcome = generator.run(backend, load(backend, **RIGHT | expected), seconds=0.1)
    assert outcome.latencies == []
    assert outcome.wrong > 0
    assert BODY.decode() in outcome.example


def test_wrong_answers_give_no_rate(backend: int) -> None:
    with pytest.raises(rates.WrongAnswersError, match="wrong, such as: 200"):
        rates.measure(backend, load(backend, marker=b"", status=304), runs=1)


def test_missing_server_is_an_error() -> None:
    with pytest.raises(ConnectionRefusedError):
        generator.run(1, load(1), seconds=0.1)


def test_sample_sends_each_request_once(backend: int) -> None:
    outcome = generator.sample(backend, load(backend, **RIGHT), 2)
    assert (len(outcome.latencies), outcome.wrong) == (2, 0)


@pytest.mark.skipif(wrk.program() is None, reason="wrk is not installed")
def test_wrk_sends_the_same_requests(backend: int, tmp_path: Path) -> None:
    wrk.write(load(backend), tmp_path / "requests")
    result = wrk.run(str(wrk.program()), backend, tmp_path / "requests", seconds=1, start=1)
    assert result.wrong == 0
    assert result.per_second > 300
    assert len(BODY) < result.size < len(BODY) + 300
    assert 0 < result.p95 < 1
