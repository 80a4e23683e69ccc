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
    from deploy.local import forkserver
    from deploy.local.directory import DataDirectory
    from deploy.local.logs import Log
    from deploy.local.processes import Launcher
    from deploy.local.programs import Program
    from deploy.local.terminal import Terminal

    async def main():
        directory = DataDirectory(Path(sys.argv[1]))
        directory.create()
        launcher = Launcher(directory.run, Log(directory.log, Terminal(sys.stderr)), forkserver.program(os.environ))
        for name in sys.argv[2:]:
            program = Program(
                name=name, command=["not used"], module=(name, "api"), environment={"ONLY": "this"},
                directory=directory.root,
            )
            print(await launcher.run(program))
        await launcher.close()

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


MODULES = {
    "tells": TELL,
    "exits": "import sys; print('before'); sys.exit(3)",
    "tidies": "import atexit; atexit.register(print, 'at the end')",
    "refuses": "raise SystemExit('no settings')",
    "dies": "import os; print('killed', flush=True); os.kill(os.getpid(), 9)",
    "breaks": "raise ValueError('broken')",
}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Exit code and log of each of the modules, run as forks of one process."""
    folder = tmp_path_factory.mktemp("forks")
    for name, module in MODULES.items():
        (folder / f"{name}.py").write_text(dedent(module))
    command = [sys.executable, "-c", dedent(SUPERVISOR), str(folder), *MODULES]
    answer = subprocess.run(command, cwd=binaries.ROOT, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    logs = [(folder / "log" / f"{name}.log").read_text() for name in MODULES]
    return dict(zip(MODULES, zip(map(int, answer.stdout.split()), logs, strict=True), strict=True))


def test_a_fork_is_what_python_would_have_started(ended: dict[str, tuple[int, str]]) -> None:
    code, output = ended["tells"]
    told = json.loads(output)
    module = Path(told["argv"][0])

    assert code == 0
    assert module.name == "tells.py"
    assert told["argv"][1:] == ["api"]
    assert told["environment"] == {"ONLY": "this"}
    assert told["folder"] == str(module.parent)
    assert told["shown"] == [sys.executable, "-m", "tells", "api"]
    assert told["leads"]
    assert told["input"] == ""
    assert sorted(map(int, told["open"])) == [0, 1, 2, 3]  # 3 lists the folder


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("exits", 3, "before\n"),
        ("tidies", 0, "at the end\n"),
        ("refuses", 1, "no settings\n"),
        ("dies", -9, "killed\n"),
    ],
)
def test_a_fork_ends_as_any_python_ends(ended: dict[str, tuple[int, str]], name: str, code: int, said: str) -> None:
    assert ended[name] == (code, said)


def test_an_exception_in_a_fork_is_in_its_log(ended: dict[str, tuple[int, str]]) -> None:
    code, output = ended["breaks"]

    assert code == 1
    assert output.endswith("ValueError: broken\n")


@pytest.mark.parametrize("library", preload.LIBRARIES)
def test_every_library_that_is_preloaded_exists(library: str) -> None:
    assert importlib.util.find_spec(library) is not None
    assert not library.startswith("ecatalog")
