"""The complete examples at the end of the API guide run as they stand, the Python one first."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from deploy.local import preflight
from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.conftest import GUIDE_PORT
from tests.forwarding import forwarded

pytestmark = pytest.mark.cluster
CLIENT = "CLI001"
_EXAMPLE = r"^## To'liq {title} misoli\s+```{language}\n(.*?)^```"


def example(title: str, language: str) -> str:
    """The code block under its heading; skips where there is no guide."""
    folder = os.environ.get("CONTRACT_DIR")
    if not folder:
        pytest.skip("CONTRACT_DIR does not name the folder of the API guide")
    guide = Path(folder, "guide.md").read_text(encoding="utf-8")
    found = re.search(_EXAMPLE.format(title=title, language=language), guide, re.MULTILINE | re.DOTALL)
    assert found, f"the guide has no complete example in {title}"
    return found.group(1)


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def guide_cluster(cluster: Cluster, admin: Api) -> Iterator[Api]:
    """The administrator of a cluster that is reached at the port of the guide."""
    if not preflight.is_free(GUIDE_PORT):
        pytest.skip(f"the guide speaks to port {GUIDE_PORT}, and another program has that")
    assert admin.find(f"/api/v1/client/{CLIENT}/") is None, "the demonstration took a name of the guide"
    with forwarded(GUIDE_PORT, cluster.port):
        yield admin


def delete_client(admin: Api) -> None:
    assert admin.http.delete(f"/api/v1/client/{CLIENT}/").status_code == 204


def test_python_example_runs_unmodified(guide_cluster: Api, tmp_path: Path) -> None:
    code = example("Python", "python")
    if find_spec("requests") is None:
        pytest.skip("the example needs the package requests")
    script = tmp_path / "guide.py"
    script.write_text(code, encoding="utf-8")
    lines = run([sys.executable, str(script)], tmp_path).splitlines()

    assert lines[0] == "Client yaratildi: Test Client"
    assert lines[1].startswith("Sync boshlandi: ")
    assert lines[-1] == "Progress: 100%"
    task = lines[1].removeprefix("Sync boshlandi: ")
    assert guide_cluster.sync_status(task).status == "completed"
    delete_client(guide_cluster)


def test_javascript_example_runs_unmodified(guide_cluster: Api, tmp_path: Path) -> None:
    code = example("JavaScript", "javascript")
    node = shutil.which("node")
    if node is None:
        pytest.skip("the example needs node")
    script = tmp_path / "guide.js"
    script.write_text(code, encoding="utf-8")
    lines = run([node, str(script)], tmp_path).splitlines()

    assert lines[0] == "Client yaratildi: Test Client"
    assert lines[-1] == "Progress: 100%"
    assert guide_cluster.sync_status(lines[1].removeprefix("Sync boshlandi: ")).status == "completed"
    delete_client(guide_cluster)
