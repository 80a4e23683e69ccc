"""The whole system under its supervisor: started, hurt, stopped and started again."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from deploy.local import binaries
from deploy.local.cluster import SUPERVISOR, Cluster
from deploy.local.render import WARNINGS, level

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, list[str]]]:
    """A cluster that was started with nothing, and what it complained of meanwhile."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster") / "data")
    try:
        cluster.start()
        yield cluster, complaints(cluster)
    finally:
        cluster.remove()


@pytest.fixture(scope="module")
def cluster(first_start: tuple[Cluster, list[str]]) -> Cluster:
    return first_start[0]


def complaints(cluster: Cluster) -> list[str]:
    """Every line at WARNING or above in the log of every process, PostgreSQL, NATS and the gateway among them."""
    files = sorted(cluster.directory.log.glob("*.log"))
    assert {"catalog-worker", "gateway", "nats", "portal", "postgres", "postgres-init"} <= {file.stem for file in files}
    lines = [(file.stem, line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [f"{name}: {line}" for name, line in lines if level(line) in WARNINGS]


def processes_of(cluster: Cluster) -> list[psutil.Process]:
    """Every process that a pid file names, and what those have started."""
    named = [psutil.Process(int(file.read_text())) for file in cluster.directory.pid_files()]
    return list({process.pid: process for each in named for process in (each, *each.children(recursive=True))}.values())


def still_there(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if runs(each)]


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def wait_gone(processes: list[psutil.Process], within: float) -> None:
    deadline = time.monotonic() + within
    while left := still_there(processes):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def signs_in(cluster: Cluster) -> bool:
    try:
        return "access" in call(cluster, "/api/token/", {"username": "admin", "password": "admin123"})
    except requests.HTTPError:
        return False


def call(cluster: Cluster, path: str, body: dict[str, str]) -> Any:
    answer = requests.post(cluster.base_url + path, json=body, timeout=30)
    answer.raise_for_status()
    return answer.json()


def test_a_first_start_complains_of_nothing(first_start: tuple[Cluster, list[str]]) -> None:
    assert first_start[1] == []


def test_a_stop_and_the_next_start_complain_of_nothing(cluster: Cluster) -> None:
    before = complaints(cluster)
    assert cluster.stop() == 0
    cluster.start(within=60)

    assert complaints(cluster) == before


def test_the_development_administrator_signs_in_through_the_gateway(cluster: Cluster) -> None:
    assert "access" in call(cluster, "/api/token/", {"username": "admin", "password": "admin123"})


def test_a_pid_file_names_every_process(cluster: Cluster) -> None:
    services = [f"{each.name}-{kind}" for each in cluster.components.services for kind in ("api", "worker")]
    names = {file.stem for file in cluster.directory.pid_files()}

    assert {"supervisor", "postgres", "nats", "gateway", "portal", *services} <= names
    for name in services:
        command = psutil.Process(cluster.pid(name)).cmdline()
        assert [part for part in command if part][-3:] == ["-m", *name.split("-")]


def manage(cluster: Cluster, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "ECATALOG_PORT": str(cluster.port), "ECATALOG_DATA": str(cluster.directory.root)}
    command = [sys.executable, str(binaries.ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)


def test_a_superuser_made_on_the_command_line_signs_in(cluster: Cluster) -> None:
    credentials = {"username": "boss", "password": "correct horse"}
    made = manage(cluster, "createsuperuser", "--username=boss", "--password=correct horse", "--noinput")

    assert (made.returncode, made.stderr) == (0, "")
    assert "access" in call(cluster, "/api/token/", credentials)


def test_the_command_line_shows_the_health_of_every_service(cluster: Cluster) -> None:
    shown = manage(cluster, "health")

    assert shown.returncode == 0
    assert all(service.name in shown.stdout for service in cluster.components.services)


def test_nothing_listens_beyond_this_machine(cluster: Cluster) -> None:
    listening = [
        connection.laddr
        for process in processes_of(cluster)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]

    assert len(listening) >= len(cluster.components.listening())
    assert {address.ip for address in listening} <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    "name", ["catalog-api", "integration-worker", "portal", "nats", "postgres", "gateway", "preload"]
)
def test_what_is_killed_comes_back_and_the_whole_is_healthy_again(cluster: Cluster, name: str) -> None:
    if name == "preload":  # it is needed again when the next process starts
        os.kill(int((cluster.directory.run / "preload.pid").read_text()), signal.SIGKILL)
        name = "media-worker"
    old = cluster.kill(name)
    cluster.wait_restarted(name, old)
    cluster.wait(cluster.is_healthy, within=30)

    assert cluster.processes()[name].restarts >= 1


def test_everything_killed_at_once_comes_back(cluster: Cluster) -> None:
    old = {file.stem: int(file.read_text()) for file in cluster.directory.pid_files() if file.stem != "supervisor"}
    for pid in old.values():
        os.kill(pid, signal.SIGKILL)
    for name in cluster.processes():
        cluster.wait_restarted(name, old[name])
    cluster.wait(cluster.is_healthy, within=30)
    cluster.wait(lambda: signs_in(cluster), within=30)  # the gateway probes its services every other second


def test_a_second_supervisor_is_refused_in_one_line(cluster: Cluster) -> None:
    answer = run_supervisor(cluster.port, cluster.directory.root)

    assert answer.returncode == 1
    assert answer.stderr.startswith(f"E-Catalog: a cluster already runs on {cluster.directory.root} (process ")
    assert answer.stderr.count("\n") == 1


def test_a_taken_port_is_refused_in_one_line(cluster: Cluster, tmp_path: Path) -> None:
    answer = run_supervisor(cluster.port, tmp_path / "other")

    assert answer.returncode == 1
    assert answer.stderr.startswith(f"E-Catalog: port {cluster.port} (gateway) is already in use by traefik (process ")
    assert answer.stderr.count("\n") == 1


def run_supervisor(port: int, data: Path) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "ECATALOG_PORT": str(port), "ECATALOG_DATA": str(data)}
    return subprocess.run(SUPERVISOR, env=variables, capture_output=True, text=True, timeout=30, check=False)


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_finds_everything(cluster: Cluster) -> None:
    everything = processes_of(cluster)
    cluster.kill_supervisor()
    wait_gone(everything, within=10)
    began = time.monotonic()
    cluster.start(within=60)

    assert time.monotonic() - began < 20
    assert "access" in call(cluster, "/api/token/", {"username": "admin", "password": "admin123"})


def test_sigterm_stops_everything_within_15_seconds(cluster: Cluster) -> None:
    everything = processes_of(cluster)
    began = time.monotonic()

    assert cluster.stop() == 0
    assert time.monotonic() - began < 15
    assert still_there(everything) == []
    assert cluster.directory.pid_files() == []
    assert "killed" not in cluster.output.read_text().rpartition("stopping")[2]


def test_the_command_line_says_that_nothing_runs(cluster: Cluster) -> None:
    answer = manage(cluster, "createsuperuser")

    assert answer.returncode == 1
    assert answer.stderr == f"E-Catalog: nothing runs on {cluster.directory.root}: start it with `make run`\n"


def test_a_damaged_database_is_one_clear_line(cluster: Cluster) -> None:
    control = cluster.directory.postgres / "data" / "global" / "pg_control"
    shutil.move(control, control.with_suffix(".kept"))
    answer = run_supervisor(cluster.port, cluster.directory.root)
    shutil.move(control.with_suffix(".kept"), control)

    assert answer.returncode == 1
    assert "is damaged (global/pg_control is missing): move it away" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert cluster.directory.pid_files() == []
