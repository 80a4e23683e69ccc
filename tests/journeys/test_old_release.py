"""A system of the release before jobs is stopped, migrated and started: what had ended is as it was, the rest ends."""

import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from alembic import command
from ecatalog.runtime.migrations import alembic_config
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types

from deploy.local import binaries
from deploy.local.cluster import Cluster, free_port
from deploy.local.demo.api import Api
from deploy.local.tests.databases import Server
from services.catalog.tests.old_release import descriptions, imports
from services.catalog.tests.old_release import rows as catalog
from services.integration.tests import old_release as syncs
from services.media.tests.renditions import old_release as pictures
from tests.chat import ChatServer
from tests.managing import rows
from tests.onec import OneC, simulated

pytestmark = pytest.mark.cluster
REVISIONS = {
    "auth": "head", "catalog": catalog.BEFORE, "integration": syncs.BEFORE, "media": pictures.BEFORE_JOBS,
    "location": "head",
}  # fmt: skip
PRODUCTS = 25
HISTORY = "/api/v1/integration/history/"
SINCE = ("kind", "base", "streams", "is_dry_run", "started_by")
Task = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What the old release told of its tasks, oldest first: of those that had ended, then of the others."""

    syncs: list[Task]
    imports: list[Task]
    descriptions: list[Task]


def fill(server: Server, wsdl_url: str) -> Told:
    """Tasks in each state: they wait, are left by a worker that is gone, have ended or failed."""
    for service, revision in REVISIONS.items():
        command.upgrade(alembic_config(binaries.ROOT / "services" / service, server.dsn(service)), revision)
    with psycopg.connect(server.dsn("catalog")) as connection:
        imports.fill(connection)
        descriptions.fill(connection)
    with psycopg.connect(server.dsn("integration")) as connection:
        syncs.fill(connection, wsdl_url)
    with psycopg.connect(server.dsn("media")) as connection:
        connection.execute(pictures.FILES.encode())
    pictures.store_all(server.directory.root / "media" / "files")
    return Told(
        told(server, "integration", f"select row_to_json(x)::text from ({syncs.OLD_HISTORY}) x")[::-1],  # noqa: S608 - a constant
        told(server, "catalog", imports.OLD_STATUS),
        told(server, "catalog", descriptions.OLD_STATUS),
    )


def told(server: Server, service: str, statement: str) -> list[Task]:
    return [json.loads(text) for text in catalog.shown(server.dsn(service), statement)]


@pytest.fixture(scope="module")
def few() -> Iterator[OneC]:
    with simulated(products=PRODUCTS, clients=0) as onec:
        yield onec


@pytest_asyncio.fixture(scope="module")
async def old(
    tmp_path_factory: pytest.TempPathFactory, few: OneC, model: ChatServer
) -> AsyncIterator[tuple[Cluster, Told]]:
    """The system of this release on the data of the old one, and what that told."""
    root, port = tmp_path_factory.mktemp("old"), free_port()
    variables = {"OPENAI_API_KEY": "a-key-for-tests", "OPENAI_BASE_URL": model.url}
    cluster = Cluster(root / "data", port, variables)
    try:
        with (root / "screen").open("w") as screen:
            server = Server(cluster.directory.root, screen, port)
            try:
                await server.start()
                before = fill(server, few.wsdl())
            finally:
                await server.stop()
        cluster.start()
        rows(cluster, "media", pictures.NO_PAUSES)
        yield cluster, before
    finally:
        cluster.remove()


@pytest.fixture(scope="module")
def api(old: tuple[Cluster, Told]) -> Iterator[Api]:
    api = Api(old[0].base_url)
    api.sign_in("admin", "admin123")
    yield api
    api.close()


def path_of(task: Task) -> str:
    """Where the status of an import or of descriptions is shown."""
    work = f"bulk-{task['action']}" if "action" in task else "import-xlsx"
    return f"/api/v1/{task['kind']}/{work}/{task['task_id']}/"


def now(api: Api, before: list[Task]) -> list[Task]:
    return [api.get(path_of(task)) for task in before]


def wait_ended(cluster: Cluster, show: Callable[[], list[Task]]) -> list[Task]:
    cluster.wait(lambda: all(task["status"] in {"completed", "error"} for task in show()), within=120)
    return show()


def numbers(task: Task, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(task[name] for name in names)


def told_before(task: Task) -> Task:
    """What the old release told of a sync; what is told since then comes last."""
    names = [*task]
    assert names[-len(SINCE) :] == list(SINCE)
    return {name: task[name] for name in names[: -len(SINCE)]}


def test_syncs_end_with_their_numbers(old: tuple[Cluster, Told], api: Api) -> None:
    cluster, before = old
    shown = wait_ended(cluster, lambda: api.get(HISTORY, limit=100)["results"][::-1])
    ended = len(shown) - len(syncs.ENDED)
    assert [told_before(task) for task in shown[:ended]] == before.syncs[:ended]
    names = ("total_items", "processed_items", "created_items", "updated_items", "error_items")
    assert [(task["id"], task["status"], *numbers(task, names)) for task in shown[ended:]] == [
        (number, "completed", *rest) for number, _, *rest in syncs.ENDED
    ]
    assert api.count("/api/v1/client/", project_id=1) == 10


def test_imports_end_with_their_numbers(old: tuple[Cluster, Told], api: Api) -> None:
    cluster, before = old
    shown = wait_ended(cluster, lambda: now(api, before.imports))
    ended = len(imports.DONE)
    assert shown[:ended] == before.imports[:ended]
    names = ("status", "total", "processed", "created", "errors")
    assert [numbers(task, names) for task in shown[ended:]] == [("completed", *rest) for _, *rest in imports.ENDED]
    assert api.count("/api/v1/project/") == imports.PROJECTS
    rejected = api.http.get(f"{path_of(shown[-1])}errors.xlsx/").content
    assert len([*load_workbook(io.BytesIO(rejected)).active.iter_rows(min_row=2)]) == 1


def test_descriptions_end_with_their_numbers(old: tuple[Cluster, Told], api: Api) -> None:
    cluster, before = old
    of_products = [task for task in before.descriptions if task["kind"] == "nomenklatura"]  # others are not shown
    shown = wait_ended(cluster, lambda: now(api, of_products))
    ended = len(descriptions.DONE)
    assert shown[:ended] == of_products[:ended]
    names = ("total", "processed", "done", "skipped", "errors")
    spent = ("prompt_tokens", "completion_tokens")
    assert [(*numbers(task, names), {name: task[name] for name in spent}) for task in shown[ended:]] == [
        tuple(rest) for _, *rest in descriptions.ENDED[: len(shown) - ended]
    ]
    assert {task["status"] for task in shown[ended:]} == {"completed"}
    texts = [api.get(f"/api/v1/nomenklatura/N{number}/")["description"] for number in range(1, 7)]
    assert texts == [None, "<p>Product 2.</p>", "<p>Product 3.</p>", None, None, None]
    assert api.count("/api/v1/nomenklatura/description-draft/") == 2
    cluster.wait(lambda: api.get("/api/v1/client/N1/")["description"] == "<p>Client.</p>", within=60)


def test_pictures_are_rendered(old: tuple[Cluster, Told]) -> None:
    cluster, _ = old
    jobs = "select status, failures from job order by subject"
    cluster.wait(lambda: rows(cluster, "media", jobs) == pictures.ENDED, within=60)
    assert {path.name for path in (cluster.directory.root / "media" / "files").rglob("*.jpg")} >= {"sm.jpg", "md.jpg"}
