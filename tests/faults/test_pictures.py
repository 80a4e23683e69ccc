"""Uploads while the worker or the api is killed: in the end each is there once, with its file and its four sizes."""

import hashlib
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
Row = dict[str, Any]
SIZES = ("image_thumbnail_url", "image_sm_url", "image_md_url", "image_lg_url")
MADE = {"thumbnail.jpg", "thumbnail.webp", "sm.jpg", "sm.webp", "md.jpg", "lg.jpg"}
TURN_LOCK = "large"
"""What a living process keeps among its work in progress."""


def stored(cluster: Cluster) -> dict[str, set[str]]:
    """The names of the files of each digest on the disk."""
    folders = (cluster.directory.root / "media" / "files").glob("*/*")
    return {folder.name: {file.name for file in folder.iterdir()} for folder in folders}


def work_in_progress(cluster: Cluster) -> set[str]:
    scratch = cluster.directory.root / "media" / "scratch"
    return {path.name for path in scratch.rglob("*") if path.is_file()} - {TURN_LOCK}


def digest(api: Api, url: str) -> str:
    response = api.http.get(url)
    assert response.status_code == 200, url
    return hashlib.sha256(response.content).hexdigest()


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
def test_every_upload_is_there_once_with_its_file_and_sizes_in_the_end(
    cluster: Cluster, admin: Api, victim: str, count: int, side: int
) -> None:
    code = unique("KILL")
    admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": "Pictured"})
    check(cluster, "--fix", "--grace", "0")
    before = stored(cluster)
    made = upload_and_kill(cluster, admin, code, victim, count, side)
    expected = {digest(admin, row["image_url"]) for row in made}
    assert len({row["id"] for row in made}) == len(expected) == count
    # Nothing is asked for, as that would make what is missing.
    cluster.wait(lambda: all(stored(cluster)[one] >= MADE for one in expected), within=120)
    for row in made:
        assert {admin.http.get(row[size]).status_code for size in SIZES} == {200}
    shown = admin.get(f"/api/v1/nomenklatura/{code}/")["images"]
    assert sorted(image["id"] for image in shown) == sorted(row["id"] for row in made)
    assert check(cluster, "--fix", "--grace", "0").returncode == 0
    assert stored(cluster) == before | {one: {"original", *MADE} for one in expected}
    assert work_in_progress(cluster) == set()
    clean = check(cluster, "--grace", "0")
    assert (clean.returncode, clean.stderr) == (0, "")
    assert clean.stdout == "missing: 0\norphaned: 0\nfailed: 0\n"


def upload_and_kill(cluster: Cluster, admin: Api, code: str, victim: str, count: int, side: int) -> list[Row]:
    """Send so many pictures at once while a process is killed, each until it is taken; their rows."""
    headers = {"Authorization": admin.http.headers["Authorization"]}

    def send(number: int) -> Row:
        body, key = noise(side), {"Idempotency-Key": f"{code}-{number}"}
        rows: list[Row] = []

        def is_taken() -> bool:
            with httpx.Client(base_url=cluster.base_url, headers=headers | key, timeout=120, trust_env=False) as http:
                try:
                    answer = upload(http, "nomenklatura", code, body)
                except httpx.TransportError:
                    return False
            assert answer.status_code in {201, 502, 503, 504}, answer.text
            rows.extend([answer.json()] if answer.status_code == 201 else [])
            return bool(rows)

        cluster.wait(is_taken, within=240)
        return rows[0]

    with ThreadPoolExecutor(count) as threads:
        answers = threads.map(send, range(count))
        time.sleep(0.5)  # some uploads are under way: there is no telling which
        pid = cluster.kill(victim)
        made = list(answers)
    cluster.wait_restarted(victim, pid, within=60)
    cluster.wait(cluster.is_healthy, within=60)
    return made
