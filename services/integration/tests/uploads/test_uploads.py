"""Files that a person sends become a set and a run."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from ecatalog.core.errors import BadRequest
from ecatalog.db.database import Database
from ecatalog.testing.tokens import TokenFactory
from integration.files.limits import MEGABYTE
from integration.settings import IntegrationSettings
from integration.uploads import service
from integration.uploads.console import load
from integration.uploads.dependencies import NO_FILE

from ..builders import add_integration, add_project, count
from ..connectors.files.test_archive import packed
from ..exchange.calling import jobs

PATH = "/api/v1/source-file/1/"
XML = b"<a/>"


@pytest.fixture
def admin(tokens: TokenFactory) -> dict[str, str]:
    return tokens.headers(7)


@pytest.fixture(autouse=True, params=["commerceml-file", "commerceml-exchange"])
async def integration(database: Database, request: pytest.FixtureRequest) -> int:
    await add_project(database, name="Проект")
    return await add_integration(database, "", kind=request.param, name="Files")


def form(**files: bytes) -> list[tuple[str, Any]]:
    return [("files", (name.replace("_", "."), content)) for name, content in files.items()]


async def send(client: httpx.AsyncClient, headers: dict[str, str], files: Any, path: str = PATH) -> httpx.Response:
    return await client.post(path, files=files, headers=headers)


@pytest.mark.parametrize("dry_run", [False, True])
async def test_files_become_one_run(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, integration: int, dry_run: bool
) -> None:
    answer = await send(client, admin, form(b_xml=XML, a_xml=XML * 2), f"{PATH}?dry_run={str(dry_run).lower()}")
    assert answer.status_code == 202, answer.text
    assert answer.json() == {
        "task_id": answer.json()["task_id"], "status": "started", "message": service.STARTED[dry_run].format("Files"),
        "integration": {"id": integration, "name": "Files", "project": "Проект"},
    }  # fmt: skip
    (job,) = await jobs(database)
    assert (job["file_ids"], job["started_by"], job["is_dry_run"], job["set_id"]) == ([1, 2], "file", dry_run, None)
    assert job["locks"] == ["products:1:1", "clients:1:1"]
    assert await database.fetch_rows("select name, size from source_file order by id") == [("b.xml", 4), ("a.xml", 8)]
    assert await database.fetch_rows("select started_by, is_dry_run, bytes, closed_at is not null from source_set") == [
        ("file", dry_run, 12, True)
    ]
    assert await database.fetch_rows(
        "select user_id, count(d.job_id) from job j join source_document d on d.job_id = j.id group by 1"
    ) == [(7, 2)]
    status = await client.get(f"/api/v1/integration/sync/status/{answer.json()['task_id']}/", headers=admin)
    assert status.json()["status"] == "fetching"


async def test_archive_is_taken_alone(client: httpx.AsyncClient, admin: dict[str, str], database: Database) -> None:
    archive = bytes(packed({"a.xml": XML, "x.jpg": b"x"}))
    assert (await send(client, admin, form(all_bin=archive))).status_code == 202
    assert await database.fetch_rows("select is_archive from source_file") == [(True,)]
    answer = await send(client, admin, form(all_zip=archive, a_xml=XML))
    assert (answer.status_code, answer.json()) == (400, {"files": [service.ONE_ARCHIVE]})


@pytest.mark.parametrize(
    ("files", "errors"),
    [
        (form(a_xlsx=b"x"), {"files": [service.NEITHER.format("a.xlsx")]}),
        (form(a_xml=b""), {"files": [service.EMPTY]}),
        ([("files", ("../a.xml", XML))], {"files": ["The name of the file is not allowed."]}),
        ([("file", ("a.xml", XML))], {"files": [NO_FILE]}),
    ],
)
async def test_other_files_are_400_and_leave_nothing(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, files: Any, errors: Any
) -> None:
    answer = await send(client, admin, files)
    assert (answer.status_code, answer.json()) == (400, errors)
    assert [await count(database, table) for table in ("source_set", "job")] == [0, 0]


async def test_other_bodies(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    assert (await client.post(PATH, json={}, headers=admin)).status_code == 415
    answer = await send(client, admin, form(a_xml=XML), f"{PATH}?dry_run=perhaps")
    assert (answer.status_code, answer.json()) == (400, {"dry_run": ["Must be a valid boolean."]})
    large = {**admin, "Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(130 * MEGABYTE)}
    assert (await client.post(PATH, content=b"", headers=large)).status_code == 413


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("is_deleted = true", 404), ("is_active = false", 404), ("is_paused = true, paused_by = 5", 409),
        ("kind = 'soap'", 400),
    ],
)  # fmt: skip
async def test_integration_that_takes_no_files(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database, change: str, status: int
) -> None:
    await database.execute(f"update integration set {change}")  # noqa: S608 - of this list
    assert (await send(client, admin, form(a_xml=XML))).status_code == status
    assert await count(database, "source_set") == 0


async def test_unknown_integration_404(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    for unknown in (9, 10**30):
        path = PATH.replace("/1/", f"/{unknown}/")
        assert (await send(client, admin, form(a_xml=XML), path)).status_code == 404


async def test_form_above_the_largest_workbook_is_taken(
    client: httpx.AsyncClient, admin: dict[str, str], database: Database
) -> None:
    assert (await send(client, admin, form(a_xml=bytes(70 * MEGABYTE)))).status_code == 202
    assert await database.fetch_value("select sum(length(bytes)) from source_piece") == 70 * MEGABYTE


async def test_more_than_is_kept_is_400(
    client: httpx.AsyncClient, admin: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.files.limits.StorageLimits.share_of_disk", lambda _: 3)
    answer = await send(client, admin, form(a_xml=XML))
    assert (answer.status_code, list(answer.json())) == (400, ["files"])


async def test_operator_loads_files_of_the_machine(
    database: Database, settings: IntegrationSettings, integration: int, tmp_path: Path
) -> None:
    paths = [tmp_path / "b.xml", tmp_path / "a.xml"]
    for path in paths:
        path.write_bytes(XML)
    started = await load(database, settings.storage_limits, integration, paths, is_dry_run=True)
    assert started["status"] == "started"
    assert [(job["file_ids"], job["is_dry_run"]) for job in await jobs(database)] == [([1, 2], True)]
    await database.execute("update integration set kind = 'soap'")
    with pytest.raises(BadRequest):
        await load(database, settings.storage_limits, integration, paths, is_dry_run=False)
