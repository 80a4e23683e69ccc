import asyncio
from contextlib import suppress

import pytest
from ecatalog.core.concurrency import stop, until_first_ends
from ecatalog.runtime.background import BackgroundTasks


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
