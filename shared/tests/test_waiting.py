"""What is normal while everything starts is no warning, and what lasts is one."""

import logging

import pytest
from ecatalog.contracts.auth import USER_CHANGED
from ecatalog.core.settings import Settings
from ecatalog.events.broker import Broker
from ecatalog.events.consumer import Consumer
from ecatalog.runtime.worker import Worker
from ecatalog.telemetry import waiting
from ecatalog.telemetry.logging import logger
from ecatalog.telemetry.waiting import Wait
from ecatalog.testing.client import until
from ecatalog.testing.nats import NatsServer
from ecatalog.testing.ports import free_port


async def nothing(*_: object) -> None:
    """A handler that is never called: there is no stream."""


def worker_at(nats_url: str, dsn: str) -> Worker:
    worker = Worker(Settings.model_validate({"database_url": dsn, "nats_url": nats_url}), "catalog")
    worker.consume(Consumer(worker.broker, worker.database, "waits", {USER_CHANGED: nothing}))
    return worker


def levels(caplog: pytest.LogCaptureFixture) -> set[int]:
    return {record.levelno for record in caplog.records if record.name.startswith("ecatalog.")}


@pytest.mark.usefixtures("broker")
async def test_worker_that_starts_before_the_stream_it_reads_warns_of_nothing(
    dsn: str, nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "ecatalog"):
        async with worker_at(nats_server.url, dsn).working():
            await until(lambda: "the consumer waits" in caplog.text)
    assert levels(caplog) == {logging.INFO}


@pytest.mark.parametrize("missing", ["the broker", "a stream"])
async def test_worker_that_waits_for_longer_than_a_start_warns(
    broker: Broker,
    dsn: str,
    nats_server: NatsServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
) -> None:
    assert broker.connected
    monkeypatch.setattr(waiting, "STARTING_SECONDS", 0.4)
    address = nats_server.url if missing == "a stream" else f"nats://127.0.0.1:{free_port()}"
    with caplog.at_level(logging.INFO, "ecatalog"):
        async with worker_at(address, dsn).working():
            await until(lambda: logging.WARNING in levels(caplog))
    assert levels(caplog) == {logging.INFO, logging.WARNING}


def test_what_was_there_and_is_gone_is_told_aloud_at_once(caplog: pytest.LogCaptureFixture) -> None:
    wait = Wait(logger("ecatalog.test"))
    with caplog.at_level(logging.INFO, "ecatalog"):
        wait.tell("not there yet")
        wait.over()
        wait.tell("gone", error="refused")
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
