import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from deploy.local import binaries, preload

SUPERVISOR = """
    import asyncio, os, sys
    from pathlib import Path
    from deploy.local import nursery
    from deploy.local.directory import DataDirectory
    from deploy.local.logs import Log
    from deploy.local.processes import Launcher
    from deploy.local.programs import Program
    from deploy.local.terminal import Terminal

    async def main():
        directory = DataDirectory(Path(sys.argv[1]))
        directory.create()
        launcher = Launcher(directory.run, Log(directory.log, Terminal(sys.stderr)), nursery.program(os.environ))
        program = Program(
            name="module", command=["not used"], module=("module", "api"), environment={"ONLY": "this"},
            directory=directory.root,
        )
        code = await launcher.run(program)
        await launcher.close()
        sys.exit(code)

    asyncio.run(main())
"""
TELL = """
    import json, os, sys
    shown = open("/proc/self/cmdline").read().split(chr(0))
    print(json.dumps({
        "argv": sys.argv, "environment": dict(os.environ), "folder": os.getcwd(), "leads": os.getsid(0) == os.getpid(),
        "shown": [part for part in shown if part], "input": sys.stdin.read(), "open": os.listdir("/proc/self/fd"),
    }))
"""


def fork(folder: Path, module: str) -> tuple[int, str]:
    """Run ``module`` as a fork; its exit code and its log."""
    folder.mkdir()
    (folder / "module.py").write_text(dedent(module))
    command = [sys.executable, "-c", dedent(SUPERVISOR), str(folder)]
    answer = subprocess.run(command, cwd=binaries.ROOT, capture_output=True, timeout=60, check=False)
    return answer.returncode, (folder / "log" / "module.log").read_text()


def test_a_fork_is_what_python_would_have_started(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    code, output = fork(folder, TELL)
    told = json.loads(output)

    assert code == 0
    assert told["argv"] == [str(folder / "module.py"), "api"]
    assert told["environment"] == {"ONLY": "this"}
    assert told["folder"] == str(folder)
    assert told["shown"] == [sys.executable, "-m", "module", "api"]
    assert told["leads"]
    assert told["input"] == ""
    assert sorted(map(int, told["open"])) == [0, 1, 2, 3]  # 3 lists the folder


@pytest.mark.parametrize(
    ("module", "code", "said"),
    [
        ("import sys; print('before'); sys.exit(3)", 3, "before\n"),
        ("import atexit; atexit.register(print, 'at the end')", 0, "at the end\n"),
        ("raise SystemExit('no settings')", 1, "no settings\n"),
        ("import os; print('killed', flush=True); os.kill(os.getpid(), 9)", 247, "killed\n"),
    ],
)
def test_a_fork_ends_as_any_python_ends(tmp_path: Path, module: str, code: int, said: str) -> None:
    assert fork(tmp_path / "data", module) == (code, said)


def test_an_exception_in_a_fork_is_in_its_log(tmp_path: Path) -> None:
    code, output = fork(tmp_path / "data", "raise ValueError('broken')")

    assert code == 1
    assert output.endswith("ValueError: broken\n")


@pytest.mark.parametrize("library", preload.LIBRARIES)
def test_every_library_that_is_preloaded_exists(library: str) -> None:
    assert importlib.util.find_spec(library) is not None
    assert not library.startswith("ecatalog")
