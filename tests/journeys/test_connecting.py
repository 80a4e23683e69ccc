"""A stranger connects a base that sends by itself, by curl and by ``manage.py sync``, as the page of sources says."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deploy.local import binaries
from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base
from tests.managing import manage
from tests.sources import unique

pytestmark = pytest.mark.cluster

GOODS = 20
SHOWN = GOODS  # none of the first 96 invented goods is marked deleted


class Stranger:
    """Somebody with a terminal, a token and the documentation."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.token = ""
        login = self.curl("/api/token/", "-d", json.dumps({"username": "admin", "password": "admin123"}))
        self.token = login["access"]

    def curl(self, path: str, *arguments: str, is_json: bool = True) -> Any:
        headers = ["-H", "Content-Type: application/json"] if is_json else []
        if self.token:
            headers += ["-H", f"Authorization: Bearer {self.token}"]
        command = ["curl", "-s", f"{self.cluster.base_url}{path}", *headers, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    def sync(self, *arguments: object) -> tuple[int, str]:
        done = manage(self.cluster, "sync", *map(str, arguments))
        return done.returncode, done.stdout + done.stderr

    def products(self, project: int) -> list[dict[str, Any]]:
        page = self.curl(f"/api/v1/nomenklatura/?project_id={project}&limit=100&ordering=code_1c", is_json=False)
        return list(page["results"])


@pytest.fixture
def stranger(cluster: Cluster, admin: Api) -> Stranger:  # noqa: ARG001 - the system is healthy
    return Stranger(cluster)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A set of the same base with ten goods more."""
    folder = tmp_path / "webdata"
    folder.mkdir()
    path = tmp_path / "webdata.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sets.generate(folder, Base(GOODS + 10), "3.1", is_whole=False):
            packed.write(file.path, file.name)
    return path


def make(stranger: Stranger) -> tuple[int, int]:
    code = unique("NEW")
    project = stranger.curl("/api/v1/project/", "-d", json.dumps({"code_1c": code, "name": code}))["id"]
    body = {"name": code, "project": code, "kind": "commerceml-exchange"}
    return project, stranger.curl("/api/v1/integration/", "-d", json.dumps(body))["id"]


def test_base_is_connected_its_prices_are_chosen_and_its_files_loaded(stranger: Stranger, archive: Path) -> None:
    project, integration = make(stranger)
    code, told = stranger.sync("check", integration)
    assert code == 1
    assert "no password" in told

    path = f"/api/v1/integration/{integration}"
    login = stranger.curl(f"{path}/exchange-password/", "-X", "POST")
    command = ["-m", "deploy.local.onec.exchange", login["exchange_url"], login["exchange_login"], login["password"]]
    sent = subprocess.run(
        [sys.executable, *command, "--generate", str(GOODS)], cwd=binaries.ROOT, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert sent.returncode == 0, sent.stdout + sent.stderr
    assert len(stranger.products(project)) == SHOWN
    assert {row["base_price"] for row in stranger.products(project)} == {None}

    choose_prices(stranger, project, path)
    load_an_archive(stranger, project, integration, archive)


def choose_prices(stranger: Stranger, project: int, path: str) -> None:
    found = stranger.curl(f"{path}/check/", "-X", "POST")
    assert found["ok"] is True
    assert [(one["name"], one["count"]) for one in found["price_types"]] == [
        ("Закупочная", GOODS), ("Оптовая", GOODS), ("Розничная", GOODS)
    ]  # fmt: skip
    assert any(warning.startswith("3 price types came, none fills base_price:") for warning in found["warnings"])
    key = next(one["key"] for one in found["price_types"] if one["name"] == "Розничная")
    choice = {"preset": "commerceml", "price_types": {"base_price": key}, "stock": "total"}
    assert "confirm" in stranger.curl(f"{path}/mapping/", "-X", "PUT", "-d", json.dumps(choice))
    stranger.curl(f"{path}/mapping/", "-X", "PUT", "-d", json.dumps(choice | {"confirm": True}))
    goods = {good.code: good for good in Base(GOODS).goods()}

    def are_filled() -> bool:
        return all(
            row["base_price"] is not None
            and row["stock_quantity"] is not None
            and float(row["base_price"]) == float(goods[row["code_1c"]].prices[0])
            and float(row["stock_quantity"]) == float(sum(map(int, goods[row["code_1c"]].stock)))
            for row in stranger.products(project)
        )

    stranger.cluster.wait(are_filled, within=30)


def load_an_archive(stranger: Stranger, project: int, integration: int, archive: Path) -> None:
    before = stranger.products(project)
    dry = stranger.curl(f"/api/v1/source-file/{integration}/?dry_run=true", "-F", f"files=@{archive}", is_json=False)
    code, told = stranger.sync("watch", dry["task_id"])
    assert (code, stranger.products(project)) == (0, before), told
    assert f"{GOODS + 10} records, 10 created" in told

    code, told = stranger.sync("load", integration, archive, "--dry-run")
    assert (code, stranger.products(project)) == (0, before), told

    code, told = stranger.sync("load", integration, archive)
    assert code == 0, told
    assert re.search(rf"nomenklatura: {GOODS + 10} records, 10 created", told)
    assert len(stranger.products(project)) == SHOWN + 10

    code, told = stranger.sync("sample", integration, "nomenklatura", "--limit", 2)
    assert code == 0, told
    assert "no column takes: свойство:ГОСТ" in told
    code, told = stranger.sync("check", integration)
    assert code == 0, told
    assert "Розничная" in told


def test_files_that_are_none_of_1c_are_one_clear_line(stranger: Stranger, tmp_path: Path) -> None:
    _, integration = make(stranger)
    (tmp_path / "notes.txt").write_text("no XML")
    code, told = stranger.sync("load", integration, tmp_path / "notes.txt")
    assert code == 1
    assert '"notes.txt" is neither an XML file nor a ZIP archive.' in told
