import asyncio
from contextlib import suppress

from ecatalog.background import Supervisor


async def test_loop_that_loses_a_cancellation_is_stopped_all_the_same() -> None:
    lost = asyncio.Event()

    async def loop() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        lost.set()
        await asyncio.Event().wait()

    supervisor = Supervisor()
    supervisor.start("loses one", loop)
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await supervisor.stop()
    assert lost.is_set()


async def test_stopping_nothing_is_no_error() -> None:
    await Supervisor().stop()
