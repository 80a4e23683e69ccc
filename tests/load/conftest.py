"""A backend to measure, in a process of its own."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from ecatalog.testing.client import until
from ecatalog.testing.ports import free_port

from deploy.local import binaries
from tests.load import trivial


@pytest.fixture(scope="session")
def trivial_process() -> Iterator[int]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", trivial.__name__, str(port)], cwd=binaries.ROOT) as process:
        yield port
        process.terminate()


@pytest.fixture
async def backend(trivial_process: int) -> int:
    """The port of the trivial backend, which answers."""

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{trivial_process}/", timeout=1) as answer:
                return bool(answer.status == 200)
        except urllib.error.URLError:
            return False

    await until(answers)
    return trivial_process
