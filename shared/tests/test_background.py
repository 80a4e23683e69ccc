import asyncio
from contextlib import suppress

import psycopg
import pytest
from ecatalog.core.concurrency import stop, until_first_ends
from ecatalog.runtime.background import BackgroundTasks
from ecatalog.testing.client import until


async def test_loop_that_loses_a_cancellation_is_stopped_all_the_same() -> None:
    lost = asyncio.Event()

    async def loop() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        lost.set()
        await asyncio.Event().wait()

    supervisor = BackgroundTasks()
    supervisor.start("loses one", loop)
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await supervisor.stop()
    assert lost.is_set()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (psycopg.OperationalError("terminated"), ("info", "a loop waits")),
        (OSError("refused"), ("info", "a loop waits")),
        (ValueError("a bug"), ("error", "a loop failed and is started again")),
    ],
)
async def test_loop_is_started_again_and_an_outage_is_no_error(
    error: Exception, said: tuple[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ecatalog.runtime.background.RESTART_SECONDS", 0.01)
    begun = 0

    async def loop() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise error
        await asyncio.Event().wait()

    tasks = BackgroundTasks()
    with caplog.at_level("INFO", logger="ecatalog"):
        tasks.start("loop", loop)
        await until(lambda: begun == 2)
        await tasks.stop()
    [record] = [one for one in caplog.records if one.name == "ecatalog.runtime.background"]
    assert (record.levelname.lower(), record.message) == said
    assert bool(record.exc_info) == (said[0] == "error")


async def test_stopping_nothing_is_no_error() -> None:
    await BackgroundTasks().stop()


async def test_stop_that_is_cancelled_itself_leaves_no_task_behind() -> None:
    lost = asyncio.Event()

    async def work() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        lost.set()
        await asyncio.Event().wait()

    inner = asyncio.create_task(work())
    await asyncio.sleep(0)
    stopping = asyncio.create_task(stop([inner]))
    await lost.wait()
    async with asyncio.timeout(30):
        await stop([stopping])
    assert inner.cancelled()
    assert stopping.cancelled()


async def test_first_that_ends_stops_the_others() -> None:
    stopped = asyncio.Event()

    async def ends() -> None:
        await asyncio.sleep(0)

    async def lasts() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    await until_first_ends(lasts(), ends())
    assert stopped.is_set()


async def test_failure_of_one_stops_the_others_and_is_raised() -> None:
    async def fails() -> None:
        raise RuntimeError("broken")

    async def lasts() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="broken"):
        await until_first_ends(lasts(), fails())
