"""Imports of workbooks in every state: their answers, their status, and the workbook of what was rejected."""

import threading

import httpx
import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.golden import forcing
from tests.golden.books import CODES, LARGE, SHEETS, book, broken, large, rejected
from tests.golden.conftest import SignIn
from tests.golden.gates import frozen, held_products, until
from tests.golden.imports import errors, form, path, project_of, status, wait_ended
from tests.golden.recording import Recording, send

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("kind", SHEETS)
def test_small_import(golden: Recording, admin: Api, kind: str) -> None:
    fields = {} if kind == "project" else {"project_id": project_of(admin, f"small-{kind}")}
    code, first = CODES[kind], f"GOLDEN-small-{kind}-A"
    wrong = rejected(kind, f"GOLDEN-small-{kind}")
    second = {code: f"GOLDEN-small-{kind}-B", "name": "Second"}
    content = book(kind, [{code: first, "name": "First"}, second, *wrong])
    changed = book(kind, [{code: first, "name": "Renamed"}, second, *wrong])
    runs = {"dry run": ("?dry_run=true", content), "first time": ("", content), "again": ("", changed)}
    for title, (query, workbook) in runs.items():
        answer = golden.post(title, admin, path(kind, query), **form(workbook, **fields))
        task = answer.json()["task_id"]
        golden.get(f"{title}: status", admin, status(kind, task))
        golden.get(f"{title}: rejected rows", admin, errors(kind, task))
    golden.compare()


def test_large_dry_run(golden: Recording, admin: Api) -> None:
    content = large("project", "GOLDEN-DRY", *rejected("project", "GOLDEN-DRY-R"))
    answer = golden.post("dry run", admin, path("project", "?dry_run=true"), **form(content))
    task = answer.json()["task_id"]
    golden.get("status", admin, status("project", task))
    golden.get("rejected rows", admin, errors("project", task))
    golden.compare()


def test_large_import_that_is_written(golden: Recording, cluster: Cluster, admin: Api) -> None:
    project = project_of(admin, "written")
    code = "WRITTEN-0000"
    admin.post("/api/v1/nomenklatura/", {"code_1c": code, "name": "Was there", "project_id": int(project)})
    content = large("nomenklatura", "WRITTEN", *rejected("nomenklatura", "WRITTEN-R"))
    with held_products(cluster, [code]) as held:
        answer = golden.post(
            "start", admin, path("nomenklatura", "?wait=0"), **form(content, project_id=project, dry_run="no")
        )
        task = answer.json()["task_id"]
        held.wait_until_it_holds()
        # The first thousand rows are one transaction, which waits.
        until(lambda: admin.get(status("nomenklatura", task))["processed"] == LARGE + 4 - 1000)
        golden.get("processing", admin, status("nomenklatura", task))
        golden.get("processing: rejected rows", admin, errors("nomenklatura", task))
        held.open()
    wait_ended(admin, "nomenklatura", task)
    golden.get("completed", admin, status("nomenklatura", task))
    golden.compare()


def test_refused_workbooks(golden: Recording, admin: Api) -> None:
    whole = book("project", [{"code_1c": "GOLDEN-REFUSED", "name": "Never stored"}])
    other = book("client", [{"client_code_1c": "GOLDEN-REFUSED", "name": "Never stored"}])
    for title, content in {"no workbook": b"text", "breaks off": broken(whole), "other headers": other}.items():
        golden.post(title, admin, path("project"), **form(content))
    golden.post("nothing", admin, path("project"), **form(b""))
    answer = golden.post("only headers", admin, path("project"), **form(book("project", [])))
    task = answer.json()["task_id"]
    golden.get("only headers: status", admin, status("project", task))
    golden.get("only headers: rejected rows", admin, errors("project", task))
    answer = golden.post("large", admin, path("project", "?wait=false"), **form(broken(large("project", "BROKEN"))))
    task = answer.json()["task_id"]
    wait_ended(admin, "project", task)
    golden.get("large: status", admin, status("project", task))
    golden.get("large: rejected rows", admin, errors("project", task))
    golden.compare()


def test_import_given_up(golden: Recording, cluster: Cluster, admin: Api) -> None:
    content = large("project", "GOLDEN-GIVEN-UP")
    waited: list[httpx.Response] = []
    used_up: list[str] = []
    client = threading.Thread(target=lambda: waited.append(send(admin, "POST", path("project"), **form(content))))

    def uses_up() -> bool:
        used_up.extend(forcing.use_up_imports(cluster))
        return bool(used_up)

    with frozen(cluster, "catalog-worker"):
        client.start()
        until(uses_up)
    client.join()
    golden.note("a client that waits", waited[0])
    (task,) = used_up
    golden.get("status", admin, status("project", task))
    golden.get("rejected rows", admin, errors("project", task))
    golden.compare()


def test_import_seen_by_others(golden: Recording, admin: Api, user: SignIn, anonymous: Api) -> None:
    content = book("nomenklatura", rejected("nomenklatura", "GOLDEN-SEEN"))
    answer = golden.post("an editor's", user("editor"), path("nomenklatura"), **form(content, project_id="0"))
    task = answer.json()["task_id"]
    others = {name: user(name) for name in ("editor", "editor2", "agent", "reader")}
    for name, api in {**others, "admin": admin, "nobody": anonymous}.items():
        golden.get(f"{name}: status", api, status("nomenklatura", task))
        golden.get(f"{name}: rejected rows", api, errors("nomenklatura", task))
    golden.get("without the last slash", admin, errors("nomenklatura", task).rstrip("/"))
    for name, api in {"agent": user("agent"), "reader": user("reader"), "nobody": anonymous}.items():
        golden.post(f"{name}: import", api, path("nomenklatura"), **form(content))
    golden.get("of another kind", admin, status("project", task))
    golden.get("of another kind: rejected rows", admin, errors("project", task))
    golden.compare()


def test_imports_that_are_wrong(golden: Recording, admin: Api) -> None:
    content = book("client", [{"client_code_1c": "GOLDEN-WRONG", "name": "Never stored"}])
    golden.post("no file", admin, path("client"), files={"other": ("x", b"x")})
    golden.post("a text as the file", admin, path("client"), data={"file": "x"}, files={"other": ("x", b"x")})
    golden.post("no form", admin, path("client"), json={})
    golden.post("no such project", admin, path("client"), **form(content, project_id="999999999"))
    golden.post("project that is no number", admin, path("client"), **form(content, project_id="GOLDEN"))
    golden.post("dry run that is no boolean", admin, path("client", "?dry_run=perhaps"), **form(content))
    golden.post("all of it", admin, path("client"), files={"x": ("x", b"x")}, data={"project_id": "x", "dry_run": "x"})
    golden.get("import by GET", admin, path("client"))
    for task in ("01900000-0000-7000-8000-000000000000", "no-uuid"):
        golden.get("no such task", admin, status("client", task))
        golden.get("no such task: rejected rows", admin, errors("client", task))
        golden.delete("no such task: delete", admin, status("client", task))
        golden.post("no such task: post", admin, errors("client", task))
    golden.compare()
