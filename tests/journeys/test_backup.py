"""A backup of one system becomes another system: the same exports, pictures and counts."""

import gzip
import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types

from deploy.local.cluster import Cluster, free_port, running
from deploy.local.demo.api import Api
from tests.managing import all_told, manage, managed, projections, rows
from tests.onec import OneC
from tests.pictures import noise, uploaded
from tests.positions import latest, send, track
from tests.sources import Source, connect, unique

pytestmark = pytest.mark.cluster
KINDS = ("project", "client", "nomenklatura")
NOBODYS = 10**9
# What the catalog would know of a picture that media stored after its own picture was taken.
PHANTOM = f"""
    insert into image (image_id, owner_type, owner_id, path, sm_path, md_path, lg_path, thumbnail_path, is_main,
                       is_ai_generated, is_active, is_deleted, created_at, updated_at, sequence)
    select {NOBODYS}, 'nomenklatura', 1, '', '', '', '', '', false, false, true, false, now(), now(), 1
"""
COUNTED = ("project", "client", "nomenklatura", "project-image", "client-image", "nomenklatura-image", "image-status")


@pytest.fixture(scope="module")
def source(session_admin: Api, onec: OneC) -> Source:
    source = connect(session_admin, onec.wsdl())
    assert source.sync().created == 600
    return source


@pytest.fixture(scope="module")
def agent(session_admin: Api, source: Source) -> str:
    """An agent with positions, in a system with something of everything."""
    code = unique("SAVED")
    body = {
        "code_1c": code,
        "name": "Saved ‘молоко’\t\\N \n",
        "project_id": source.project,
        "metadata": {"a": [1, None]},
    }
    session_admin.post("/api/v1/nomenklatura/", body)
    for number in range(3):
        uploaded(session_admin, "nomenklatura", code, noise(40), is_main=str(number == 1).lower())
    session_admin.post("/api/v1/nomenklatura/", {"code_1c": f"{code}-gone", "name": "Deleted"})
    assert session_admin.http.delete(f"/api/v1/nomenklatura/{code}-gone/").status_code == 204
    user = {"username": code.lower(), "password": "correct horse", "role": "editor"}
    session_admin.post("/api/v1/users/", user)
    assert send(session_admin, track(code, 50)).status_code in {200, 201}
    return code


@pytest.fixture(scope="module")
def saved(cluster: Cluster, agent: str, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001 - what is saved
    cluster.wait(cluster.is_healthy, within=60)
    cluster.wait(lambda: all_told(cluster), within=30)
    target = tmp_path_factory.mktemp("backup") / "monday"
    assert "files." in managed(cluster, "backup", str(target))
    return target


@pytest.fixture(scope="module")
def other(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:  # noqa: ARG001 - before it starts
    """An empty system with secrets of its own."""
    limits = {"RATE_LIMIT_ANON": "off", "RATE_LIMIT_USER": "off"}
    with running(tmp_path_factory.mktemp("other") / "data", free_port(), limits) as cluster:
        yield cluster


def changed(saved: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    shutil.copytree(saved, copy)
    return copy


def damage(folder: Path) -> None:
    file = folder / "catalog" / "public.nomenklatura.copy.gz"
    file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes())[:-1]))


def lose(folder: Path) -> None:
    next(file for file in (folder / "media" / "files").rglob("*") if file.is_file()).unlink()


def add(folder: Path) -> None:
    (folder / "media" / "files" / "more").write_bytes(b"x")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(damage, "public.nomenklatura.copy.gz has another SHA-256"), (lose, "is missing"), (add, "does not belong to it")],
)
def test_spoilt_backup_changes_nothing(other: Cluster, saved: Path, tmp_path: Path, spoil: Any, reason: str) -> None:
    folder = changed(saved, tmp_path)
    spoil(folder)
    refused = manage(other, "restore", str(folder))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert reason in refused.stderr
    assert rows(other, "catalog", "select from project") == []


def test_backup_of_another_version_changes_nothing(other: Cluster, saved: Path) -> None:
    rows(other, "media", "update alembic_version set version_num = '0001'")
    refused = manage(other, "restore", str(saved))
    there = json.loads((saved / "manifest.json").read_text())["services"]["media"]["revision"]
    rows(other, "media", "update alembic_version set version_num = %s", there)
    assert refused.returncode == 1
    assert f"the database of media is at revision 0001, and the backup is of revision {there}" in refused.stderr
    assert rows(other, "catalog", "select from project") == []


def test_backup_never_writes_over_anything(cluster: Cluster, saved: Path) -> None:
    before = (saved / "SHA256SUMS").read_bytes()
    refused = manage(cluster, "backup", str(saved))
    assert refused.returncode == 1
    assert "is there already" in refused.stderr
    assert (saved / "SHA256SUMS").read_bytes() == before


@pytest.fixture(scope="module")
def restored(other: Cluster, saved: Path) -> Iterator[Api]:
    """The administrator of the other system, after the restore."""
    shown = managed(other, "restore", str(saved))
    assert "enter the passwords of" in shown
    assert "everybody has to sign in again" in shown
    api = Api(other.base_url)
    api.sign_in("admin", "admin123")
    yield api
    api.close()


def exported(api: Api, kind: str) -> list[tuple[Any, ...]]:
    response = api.http.get(f"/api/v1/{kind}/export-xlsx/")
    assert response.status_code == 200, response.text
    return sorted(load_workbook(BytesIO(response.content), read_only=True).worksheets[0].values, key=repr)


@pytest.mark.parametrize("kind", KINDS)
def test_exports_are_the_same(session_admin: Api, restored: Api, kind: str) -> None:
    before = exported(session_admin, kind)
    assert len(before) > 1
    assert exported(restored, kind) == before


@pytest.mark.parametrize("kind", COUNTED)
def test_lists_and_counts_are_the_same(session_admin: Api, restored: Api, kind: str) -> None:
    here, there = (without_host(api, f"/api/v1/{kind}/") for api in (session_admin, restored))
    assert here
    assert there == here


def without_host(api: Api, path: str) -> Any:
    text = json.dumps(api.get(path, ordering="id")).replace(str(api.http.base_url).rstrip("/"), "")
    return json.loads(text)


def test_pictures_are_the_same_in_every_size(session_admin: Api, restored: Api, agent: str) -> None:
    shown = session_admin.get("/api/v1/nomenklatura-image/", search=agent)["results"]
    assert len(shown) == 3
    for row in shown:
        for size in ("image_url", "image_sm_url", "image_md_url", "image_lg_url", "image_thumbnail_url"):
            path = "/media/" + row[size].partition("/media/")[2]
            before, after = session_admin.http.get(path), restored.http.get(path)
            assert (before.status_code, after.status_code) == (200, 200)
            assert before.content == after.content


@pytest.mark.usefixtures("restored")
def test_every_table_and_projection_is_the_same(cluster: Cluster, other: Cluster, saved: Path) -> None:
    assert projections(other) == projections(cluster)
    parts = json.loads((saved / "manifest.json").read_text())["services"]
    kept = {"outbox", "inbox", "signing_key", "user_session", "import_file", "idempotent_answer"}
    compared = 0
    for service, part in parts.items():
        for table in part["tables"]:
            name = table["name"].removeprefix("public.")
            if (service, name) == ("media", "job"):  # each system drops those that have ended
                continue
            if name not in kept and table["rows"] and "sequence" not in table["columns"]:
                # A job that has ended is cleaned up after by the system in which it is, and no memory of what was
                # applied is trusted after a restore.
                row = "to_jsonb(t) - '{cleaned_at,worker_id,lease_until,is_stale}'::text[]"
                sql = f"select ({row})::text from {table['name']} t order by 1"  # noqa: S608 - from the manifest
                here = rows(cluster, service, sql)
                if len(here) == table["rows"]:  # what the system wrote since then is not in the backup
                    assert rows(other, service, sql) == here, table["name"]
                    compared += 1
    assert compared > 12
    assert rows(other, "integration", "select count(*) filter (where not is_stale) from source_snapshot") == [(0,)]


def test_restored_system_goes_on(other: Cluster, restored: Api, agent: str) -> None:
    """Ids and sequences go on where the backup was: what is written now is told, and taken for newer."""
    user = Api(other.base_url)
    user.sign_in(agent.lower(), "correct horse")
    user.close()
    found = latest(restored, agent)
    assert found is not None
    newest = max(row[0] for row in rows(other, "catalog", "select max(id) from nomenklatura"))
    made = restored.post("/api/v1/nomenklatura/", {"code_1c": f"{agent}-new", "name": "New"})
    assert made["id"] > newest
    picture = uploaded(restored, "nomenklatura", agent, noise(8), is_main="true")
    shown = restored.get(f"/api/v1/nomenklatura/{agent}/")["images"]
    assert [image["id"] for image in shown if image["is_main"]] == [picture["id"]]
    restored.patch(f"/api/v1/nomenklatura/{agent}/", {"name": "Renamed"})
    name = "select name from nomenklatura where code_1c = %s"
    other.wait(lambda: rows(other, "media", name, agent) == [("Renamed",)], within=30)
    assert "There are no dead letters." in managed(other, "events", "dead")


@pytest.fixture
def busy(cluster: Cluster, session_admin: Api, saved: Path, source: Source) -> Iterator[Path]:
    """A backup that was made while products and pictures were written and syncs ran, one after another."""
    code, going = unique("BUSY"), threading.Event()

    def write(writer: int) -> int:
        written = 0
        with closing(Api(cluster.base_url)) as api:
            api.sign_in("admin", "admin123")
            while not going.is_set() or written < 3:
                product = f"{code}-{writer}-{written}"
                api.post("/api/v1/nomenklatura/", {"code_1c": product, "name": "Busy"})
                uploaded(api, "nomenklatura", product, noise(8))
                written += 1
        return written

    def sync() -> int:
        synced = 0
        while not going.is_set():
            assert source.sync().status == "completed"
            synced += 1
        return synced

    target = saved.with_name("busy")
    rows(cluster, "catalog", PHANTOM)
    with ThreadPoolExecutor(3) as threads:
        writers = [*(threads.submit(write, number) for number in range(2)), threads.submit(sync)]
        try:
            cluster.wait(lambda: session_admin.count("/api/v1/nomenklatura/", search=code) > 0, within=30)
            managed(cluster, "backup", str(target))
        finally:
            going.set()
        assert sum(writer.result() for writer in writers) > 2
    yield target
    rows(cluster, "catalog", "delete from image where image_id = %s", NOBODYS)


def test_system_in_use_is_replaced_only_by_force_and_a_backup_made_meanwhile_fits_together(
    other: Cluster, restored: Api, busy: Path
) -> None:
    restored.post("/api/v1/client/", {"client_code_1c": "LATER", "name": "Later"})
    refused = manage(other, "restore", str(busy))
    assert refused.returncode == 1
    assert "--force replaces everything by the backup" in refused.stderr
    assert restored.find("/api/v1/client/LATER/") is not None
    told = 10**7  # what readers outside may have heard of this system since the backup
    rows(other, "catalog", "select setval('outbox_seq_seq', %s)", told)
    before = datetime.now(UTC)
    managed(other, "restore", str(busy), "--force")
    assert rows(other, "media", "select min(sequence) > %s from nomenklatura", told) == [(True,)]
    for service in ("catalog", "media"):
        assert rows(other, service, "select from client where client_code_1c = 'LATER'") == []
    pictured = rows(other, "media", "select distinct owner_id from image where owner_type = 'nomenklatura'")
    assert {*pictured} <= {*rows(other, "catalog", "select id from nomenklatura")}
    shown = rows(other, "catalog", "select image_id from image order by 1")
    assert shown == rows(other, "media", "select id from image order by 1")
    assert {*pictured} <= {*rows(other, "media", "select id from nomenklatura")}
    for table in KINDS:
        known = rows(other, "media", f"select id, is_deleted from {table} order by 1")  # noqa: S608 - a constant
        owned = rows(other, "catalog", f"select id, is_deleted from {table} order by 1")  # noqa: S608 - a constant
        assert known == owned if table == "project" else {*known} <= {*owned}
    unfinished = "select from job where status in ('todo', 'doing')"
    other.wait(lambda: rows(other, "integration", unfinished) == [], within=60)
    failed = "select error from job where status <> 'succeeded' and finished_at > %s"  # syncs of others failed before
    assert rows(other, "integration", failed, before) == []
    checked = manage(other, "media", "check")
    assert (checked.returncode, "missing: 0\n" in checked.stdout) == (0, True)
