"""Each service keeps to its own OpenAPI document, whatever is asked: no 5xx, and no answer that it does not tell of."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import components
from deploy.local.cluster import Cluster, running
from deploy.local.demo.api import Api

pytestmark = pytest.mark.cluster
SERVICES = [service.name for service in components.load(8000).services]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Those who ask must stay who they are, and nobody shall turn to addresses that were made up.
LEFT_OUT = r"users/\{|integration/\{integration_id\}/check|integration/sync/(nomenklatura|clients)|/stream/"


@pytest.fixture(scope="module")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One that nobody else uses: what is made up is stored, too."""
    limits = {"RATE_LIMIT_ANON": "off", "RATE_LIMIT_USER": "off"}
    with running(tmp_path_factory.mktemp("schema") / "data", environment=limits) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def token(own_cluster: Cluster) -> Iterator[str]:
    api = Api(own_cluster.base_url)
    yield api.sign_in("admin", "admin123")
    api.close()


def try_out(cluster: Cluster, name: str, token: str, *how: str) -> subprocess.CompletedProcess[str]:
    """Made-up requests to every operation of a service, through the gateway; the same ones in every run."""
    folder = cluster.directory.root  # for what it remembers of earlier runs
    service = next(each for each in cluster.components.services if each.name == name)
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run"),
        *(f"http://127.0.0.1:{service.api_port}/openapi.json", "--url", cluster.base_url),
        *("--header", f"Authorization: Bearer {token}", "--checks", CHECKS, "--exclude-path-regex", LEFT_OUT),
        *("--generation-deterministic", "--no-shrink", "--continue-on-failure", "--warnings", "off", *how),
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1200, check=False)


@pytest.mark.parametrize("name", SERVICES)
def test_service_keeps_to_its_document(own_cluster: Cluster, token: str, name: str) -> None:
    tried = try_out(own_cluster, name, token, "--phases", "fuzzing", "--max-examples", "10")
    assert tried.returncode == 0, tried.stdout + tried.stderr


@pytest.mark.soak
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("name", SERVICES)
def test_service_keeps_to_its_document_in_every_corner(own_cluster: Cluster, token: str, name: str) -> None:
    """Every bound, type and combination of the document, one after the other."""
    tried = try_out(own_cluster, name, token, "--phases", "coverage")
    assert tried.returncode == 0, tried.stdout + tried.stderr
