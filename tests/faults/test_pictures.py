"""Uploads while the worker is killed: whatever was answered 201 has its file and its four sizes in the end."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from deploy.local import binaries
from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.pictures import noise, upload
from tests.sources import unique

pytestmark = pytest.mark.cluster
SIZES = ("image_thumbnail_url", "image_sm_url", "image_md_url", "image_lg_url")


def check(cluster: Cluster, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "media", "check", *options],
        cwd=binaries.ROOT,
        env={**os.environ, "ECATALOG_DATA": str(cluster.directory.root), "ECATALOG_PORT": str(cluster.port)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("count", "side"), [pytest.param(20, 100), pytest.param(100, 1300, marks=pytest.mark.soak)], ids=["20", "100-5MB"]
)
@pytest.mark.parametrize("victim", ["media-worker", "media-api"])
def test_every_201_has_its_file_and_sizes_in_the_end(
    cluster: Cluster, admin: Api, victim: str, count: int, side: int
) -> None:
    code = unique("KILL")
    admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": "Pictured"})
    headers = {"Authorization": admin.http.headers["Authorization"]}

    def send(_: int) -> httpx.Response | None:
        with httpx.Client(base_url=cluster.base_url, headers=headers, timeout=120, trust_env=False) as http:
            try:
                return upload(http, "nomenklatura", code, noise(side))
            except httpx.TransportError:
                return None

    with ThreadPoolExecutor(count) as threads:
        answers = threads.map(send, range(count))
        time.sleep(0.5)  # some uploads are under way: there is no telling which
        pid = cluster.kill(victim)
        done = [answer for answer in answers if answer is not None]
    cluster.wait_restarted(victim, pid, within=60)
    cluster.wait(cluster.is_healthy, within=60)
    made = [answer.json() for answer in done if answer.status_code == 201]
    assert len(made) == count or victim == "media-api"
    assert {answer.status_code for answer in done} <= {201, 502, 503, 504}

    def all_rendered() -> bool:
        with_files: list[Any] = [row for row in made if admin.http.get(row["image_url"]).status_code == 200]
        return len(with_files) == len(made)

    cluster.wait(all_rendered, within=60)
    for row in made:
        for size in SIZES:
            assert admin.http.get(row[size]).status_code == 200
    check(cluster, "--fix", "--grace", "0")
    clean = check(cluster, "--grace", "0")
    assert (clean.returncode, clean.stderr) == (0, "")
    assert clean.stdout == "missing: 0\norphaned: 0\nfailed: 0\n"
