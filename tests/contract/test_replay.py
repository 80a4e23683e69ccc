"""The recorded requests of today's clients, sent by the replayer that lies beside them."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from auth.keys.service import Keyring
from auth.settings import AuthSettings
from ecatalog.db.database import Database

from deploy.local.cluster import Cluster, running
from tests.contract.accepted import KNOWN, accepted
from tests.gateways import further_gateway

pytestmark = pytest.mark.cluster
GROUPS = (
    *("auth", "project", "client", "nomenklatura", "image-ref", "project-image", "client-image", "nomenklatura-image"),
    *("thumbnails", "cache", "excel", "integration", "agent-location", "users", "protocol", "docs", "throttle"),
)
KILLED = "integration-worker"


@pytest.fixture(scope="module")
def contract() -> Path:
    folder = os.environ.get("CONTRACT_DIR")
    if not folder:
        pytest.skip("CONTRACT_DIR does not name the folder of the recorded requests")
    return Path(folder).resolve()


@pytest.fixture(scope="module")
def empty_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Nothing but its administrator, as when the recording began."""
    limits = {"RATE_LIMIT_ANON": "off", "RATE_LIMIT_USER": "off"}
    with running(tmp_path_factory.mktemp("contract") / "data", environment=limits) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def strict_gateway(empty_cluster: Cluster) -> Iterator[str]:
    """Limits as in the recording of refused requests."""
    with further_gateway(empty_cluster, {"RATE_LIMIT_ANON": "5/minute", "RATE_LIMIT_USER": "8/minute"}) as url:
        yield url


def setup(contract: Path, cluster: Cluster, folder: Path) -> Path:
    """What the replayer does besides sending, with its kill of the worker in the middle of a sync."""
    steps = json.loads((contract / "setup-new.json").read_text(encoding="utf-8"))
    steps["kill_worker"] = [{"shell": f"kill -9 $(cat '{cluster.directory.run / KILLED}.pid')"}]
    file = folder / "setup.json"
    file.write_text(json.dumps(steps), encoding="utf-8")
    return file


def signing_key(cluster: Cluster, folder: Path) -> Path:
    """The key that signs the cluster's tokens, for recorded requests with expired ones."""
    service = next(each for each in cluster.components.services if each.name == "auth")
    secret = cluster.environment.service(service, service.api_port)["SECRET_KEY"]
    settings = AuthSettings(database_url=cluster.environment.database_url(service), secret_key=secret)
    file = folder / "key.pem"
    file.write_bytes(asyncio.run(_signing_pem(settings)))
    return file


async def _signing_pem(settings: AuthSettings) -> bytes:
    database = Database(settings.dsn)
    keyring = Keyring.of(settings, database, time.time)
    pem = await keyring.export_private_pem((await keyring.signer()).kid)
    await database.close()
    assert pem is not None
    return pem


@pytest.mark.timeout(600)  # the recorded waits and a thousand requests; a busy machine needs most of it
def test_recorded_requests_are_answered_as_clients_know_it(
    contract: Path, empty_cluster: Cluster, strict_gateway: str, tmp_path: Path
) -> None:
    command = [
        *(sys.executable, str(contract / "replay.py")),
        *("--base-url", empty_cluster.base_url, "--throttle-base-url", strict_gateway),
        *("--setup", str(setup(contract, empty_cluster, tmp_path))),
        *("--jwt-key", str(signing_key(empty_cluster, tmp_path))),
        *("--soap-port", str(empty_cluster.components.onec)),
        *("--known", str(accepted(contract, tmp_path)), "--allow-extra", "--group", *GROUPS),
    ]
    replayed = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert replayed.returncode == 0, replayed.stderr + replayed.stdout


def test_deviations_are_few_and_each_has_its_reason() -> None:
    lines = [line for line in KNOWN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert len(lines) <= 15
    assert all(reason for _, _, reason in (line.partition(" ") for line in lines))
