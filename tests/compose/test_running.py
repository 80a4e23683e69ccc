"""The system as it runs."""

import sys
from pathlib import Path

import pytest

from deploy.local.demo.api import Api
from deploy.local.simulated import CLIENTS, PRODUCTS
from tests.compose.system import System, docker
from tests.compose.test_table import ONE_TIME, PORTS
from tests.conftest import GUIDE_PORT
from tests.journeys.test_guide import CLIENT, example, run

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]


def test_everything_is_healthy(system: System, admin: Api) -> None:
    found = {each.service: each for each in system.containers()}

    assert set(found) == {*PORTS, *ONE_TIME, "gateway", "portal", "postgres", "nats", "onec"}
    assert [name for name, each in found.items() if name not in ONE_TIME and not each.is_well] == []
    assert {each.state for name, each in found.items() if name in ONE_TIME} == {"exited"}
    assert admin.get("/api/health/")["status"] == "ok"


def test_no_process_of_any_container_is_roots(system: System) -> None:
    tables = {each.service: docker("top", each.id, "-o", "pid,uid").splitlines()[1:] for each in system.running()}
    users = {name: {line.split()[1] for line in table} for name, table in tables.items()}

    assert len(users) == len(PORTS) + len({"gateway", "portal", "postgres", "nats", "onec"})
    assert [name for name, found in users.items() if "0" in found or not found] == []


def test_nothing_can_write_to_its_image(system: System) -> None:
    tries = {
        each.service: system.try_compose("exec", "-T", each.service, "touch", "/usr/written")
        for each in system.running()
    }

    assert [name for name, done in tries.items() if "Read-only file system" not in done.stderr] == []


def test_the_demonstration_is_there(admin: Api) -> None:
    project = admin.get("/api/v1/project/DEMO/")

    assert admin.count("/api/v1/nomenklatura/", project_id=project["id"]) == PRODUCTS - PRODUCTS // 97
    assert admin.count("/api/v1/client/", project_id=project["id"]) == CLIENTS


def test_python_example_of_the_guide_runs_unmodified(system: System, admin: Api, tmp_path: Path) -> None:
    if system.port != GUIDE_PORT:
        pytest.skip(f"the guide speaks to port {GUIDE_PORT}, and another program has that")
    script = tmp_path / "guide.py"
    script.write_text(example("Python", "python"), encoding="utf-8")
    lines = run([sys.executable, str(script)], tmp_path).splitlines()

    assert lines[0] == "Client yaratildi: Test Client"
    assert lines[-1] == "Progress: 100%"
    assert admin.sync_status(lines[1].removeprefix("Sync boshlandi: ")).status == "completed"
    assert admin.http.delete(f"/api/v1/client/{CLIENT}/").status_code == 204
