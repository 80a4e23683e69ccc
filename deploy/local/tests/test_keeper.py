import os
import signal
from functools import partial

import pytest

from deploy.local.keeper import Keeper, how_it_ended
from deploy.local.problems import ClusterError
from deploy.local.processes import Launcher
from deploy.local.tests import samples


async def always() -> bool:
    return True


def is_ready_again(keeper: Keeper, restarts: int) -> bool:
    return keeper.restarts == restarts and keeper.state == "ready"


async def test_a_killed_process_is_started_again_and_counted(launcher: Launcher) -> None:
    keeper = Keeper(samples.python("sleeper", samples.SLEEPER), launcher, always)
    await keeper.start()
    pids = []
    for restarts in (1, 2):
        assert keeper.pid is not None
        pids.append(keeper.pid)
        os.kill(keeper.pid, signal.SIGKILL)
        await samples.until(partial(is_ready_again, keeper, restarts))
    assert keeper.pid not in pids
    await keeper.stop()

    assert keeper.restarts == 2
    assert keeper.state == "stopped"
    said = launcher.log.path("ecatalog").read_text()
    assert "sleeper was ended by SIGKILL; restart 1 in 0.25 s" in said
    assert "sleeper was ended by SIGKILL; restart 2 in 0.5 s" in said


async def test_start_waits_until_the_process_is_ready(launcher: Launcher) -> None:
    answers = iter([False, False, True])

    async def is_ready() -> bool:
        return next(answers)

    keeper = Keeper(samples.python("sleeper", samples.SLEEPER), launcher, is_ready)
    await keeper.start()

    assert next(answers, None) is None
    assert keeper.state == "ready"
    await keeper.stop()


async def test_a_process_that_always_ends_fails_the_start_with_its_last_words(launcher: Launcher) -> None:
    async def never() -> bool:
        return False

    keeper = Keeper(samples.python("broken", "raise SystemExit('no such table')"), launcher, never)

    with pytest.raises(ClusterError, match=r"broken ended with exit code 1; it said: no such table \(more in .*log\)"):
        await keeper.start()
    assert keeper.restarts == 3
    await keeper.stop()


async def test_a_stop_during_the_pause_before_a_restart_leaves_it_stopped(launcher: Launcher) -> None:
    keeper = Keeper(samples.python("sleeper", samples.SLEEPER), launcher, always)
    await keeper.start()
    assert keeper.pid is not None
    os.kill(keeper.pid, signal.SIGKILL)
    await samples.until(lambda: keeper.state == "restarting")
    await keeper.stop()

    assert keeper.state == "stopped"
    assert keeper.pid is None


def test_exit_codes_are_words() -> None:
    assert how_it_ended(3) == "ended with exit code 3"
    assert how_it_ended(-11) == "was ended by SIGSEGV"
    assert how_it_ended(-64) == "was ended by SIGRTMAX"
