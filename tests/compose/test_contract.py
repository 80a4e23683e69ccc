"""The recorded requests of today's clients are answered in containers as they are by ``make run``."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.cluster import free_port
from tests.compose.system import LOOPBACK, System, docker
from tests.contract.accepted import accepted
from tests.contract.test_replay import GROUPS, KILLED

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1200)]
_KEY = """
import asyncio, sys, time
from auth.keys.service import Keyring
from auth.settings import AuthSettings
from ecatalog.db.database import Database
async def pem():
    settings = AuthSettings()
    database = Database(settings.dsn)
    keyring = Keyring.of(settings, database, time.time)
    sys.stdout.buffer.write(await keyring.export_private_pem((await keyring.signer()).kid))
    await database.close()
asyncio.run(pem())
"""


@pytest.fixture
def contract() -> Path:
    folder = os.environ.get("CONTRACT_DIR")
    if not folder:
        pytest.skip("CONTRACT_DIR does not name the folder of the recorded requests")
    return Path(folder).resolve()


@pytest.fixture
def empty(contract: Path, project: Callable[..., System]) -> Iterator[System]:
    """Nothing but its administrator, as when the recording began."""
    assert contract.is_dir()
    system = project("contract", free_port())
    system.compose("up", "--detach", "--build", "--wait")
    yield system
    system.remove()


@contextmanager
def strict_gateway(system: System) -> Iterator[str]:
    """A further gateway, with limits as in the recording of refused requests."""
    port = free_port()
    limits = ("--env", "RATE_LIMIT_ANON=5/minute", "--env", "RATE_LIMIT_USER=8/minute")
    publish = ("--publish", f"{LOOPBACK}:{port}:8000")
    container = system.compose("run", "--detach", "--no-deps", *limits, *publish, "gateway").split()[-1]
    try:
        System(system.name, port, {}).wait_healthy()
        yield f"http://{LOOPBACK}:{port}"
    finally:
        docker("rm", "--force", container)


def setup(contract: Path, system: System, folder: Path) -> Path:
    """What the replayer does besides sending, with its kill of the worker in the middle of a sync."""
    steps = json.loads((contract / "setup-new.json").read_text(encoding="utf-8"))
    pid = f"docker inspect --format '{{{{.State.Pid}}}}' {system.container(KILLED).id}"
    steps["kill_worker"] = [{"shell": f"kill -9 $({pid})"}]
    file = folder / "setup.json"
    file.write_text(json.dumps(steps), encoding="utf-8")
    return file


def signing_key(system: System, folder: Path) -> Path:
    """The key that signs the system's tokens, for recorded requests with expired ones."""
    file = folder / "key.pem"
    file.write_text(system.execute("auth-api", "python", "-c", _KEY), encoding="utf-8")
    return file


def test_recorded_requests_are_answered_as_clients_know_it(contract: Path, empty: System, tmp_path: Path) -> None:
    # The simulated 1C of the replayer listens there and nowhere else.
    here = empty.machine
    with strict_gateway(empty) as strict:
        command = [
            *(sys.executable, str(contract / "replay.py")),
            *("--base-url", empty.base_url, "--throttle-base-url", strict),
            *("--setup", str(setup(contract, empty, tmp_path))),
            *("--jwt-key", str(signing_key(empty, tmp_path))),
            *("--soap-bind", here, "--soap-host", here, "--soap-port", str(free_port())),
            *("--known", str(accepted(contract, tmp_path)), "--allow-extra", "--group", *GROUPS),
        ]
        replayed = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert replayed.returncode == 0, replayed.stderr + replayed.stdout
