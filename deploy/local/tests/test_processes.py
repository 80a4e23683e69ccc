import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from deploy.local import binaries
from deploy.local.directory import DataDirectory
from deploy.local.processes import Launcher
from deploy.local.tests import samples


async def until_it_speaks(launcher: Launcher, name: str) -> None:
    await samples.until(lambda: launcher.log.path(name).exists() and "\n" in launcher.log.path(name).read_text())


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_a_process_is_named_by_its_pid_file_as_long_as_it_runs(launcher: Launcher) -> None:
    child = await launcher.start(samples.python("sleeper", samples.SLEEPER))
    file = launcher.pid_file("sleeper")

    assert int(file.read_text()) == child.pid
    assert os.getsid(child.pid) == child.pid
    await child.stop()
    assert not file.exists()
    assert is_gone(child.pid)


async def test_output_up_to_the_last_word_is_in_the_log(launcher: Launcher) -> None:
    code = "import sys; print('one'); sys.stderr.write('two without an end')"

    assert await launcher.run(samples.python("talker", code)) == 0
    assert sorted(launcher.log.path("talker").read_text().splitlines()) == ["one", "two without an end"]


async def test_a_process_that_does_not_listen_is_killed_after_its_grace(launcher: Launcher) -> None:
    child = await launcher.start(samples.python("deaf", samples.DEAF, grace=0.3))
    await until_it_speaks(launcher, "deaf")
    await child.stop()

    assert await child.wait() == -signal.SIGKILL
    assert "deaf did not stop within 0.3 s" in launcher.log.path("ecatalog").read_text()


async def test_a_cancelled_run_ends_its_process(launcher: Launcher) -> None:
    running = asyncio.create_task(launcher.run(samples.python("sleeper", samples.SLEEPER)))
    await until_it_speaks(launcher, "sleeper")
    pid = int(launcher.pid_file("sleeper").read_text())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert is_gone(pid)


async def test_standard_input_is_handed_over(launcher: Launcher) -> None:
    code = "import sys; print(sys.stdin.read().upper())"
    program = samples.python("reader", code)
    with_input = replace(program, input=b"secret")

    assert await launcher.run(with_input) == 0
    assert launcher.log.path("reader").read_text() == "SECRET\n"
    assert "secret" not in repr(with_input)


SUPERVISOR = """
    import asyncio, os, sys
    from pathlib import Path
    from deploy.local import forkserver
    from deploy.local.directory import DataDirectory
    from deploy.local.logs import Log
    from deploy.local.processes import Launcher
    from deploy.local.terminal import Terminal
    from deploy.local.tests import samples

    async def main():
        directory = DataDirectory(Path(sys.argv[1]))
        log = Log(directory.log, Terminal(sys.stdout))
        launcher = Launcher(directory.run, log, forkserver.program(dict(os.environ)))
        parent = await launcher.start(samples.python("parent", samples.PARENT))
        await parent.wait()
        print("gone", flush=True)
        await asyncio.sleep(600)

    asyncio.run(main())
"""


@pytest.fixture
def supervisor(directory: DataDirectory) -> Iterator[subprocess.Popen[str]]:
    """A supervisor of its own, with one process that has started another."""
    command = [sys.executable, "-u", "-c", dedent(SUPERVISOR), str(directory.root)]
    with subprocess.Popen(command, cwd=binaries.ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def pids_of(supervisor: subprocess.Popen[str], run: Path) -> tuple[int, int]:
    assert supervisor.stdout is not None
    grandchild = int(supervisor.stdout.readline().split()[-1])
    return int((run / "parent.pid").read_text()), grandchild


def test_what_a_killed_process_leaves_behind_is_ended(
    supervisor: subprocess.Popen[str], directory: DataDirectory
) -> None:
    child, grandchild = pids_of(supervisor, directory.run)
    os.kill(child, signal.SIGKILL)

    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == "gone\n"
    assert not psutil.pid_exists(grandchild)


async def test_no_process_outlives_a_killed_supervisor(
    supervisor: subprocess.Popen[str], directory: DataDirectory
) -> None:
    child, grandchild = pids_of(supervisor, directory.run)
    supervisor.kill()

    await samples.until(lambda: is_gone(child))
    os.kill(grandchild, signal.SIGKILL)  # in a session of its own: only the child could have ended it
