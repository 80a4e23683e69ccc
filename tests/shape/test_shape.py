"""The rules of how the code is built that no linter knows. Each is shown to find what it forbids."""

import ast
from pathlib import PurePath

import pytest

from tests.counts.files import File, code, files
from tests.counts.sizes import MOST_LINES, MOST_LINES_OF_A_FUNCTION, functions_of
from tests.shape.defaults import frozen_times
from tests.shape.layers import LIBRARY, layers, upward_imports
from tests.shape.reads import Code
from tests.shape.requests import request_types, state_reads
from tests.shape.sessions import session_uses

PYTHON = [file for file in files() if file.name.endswith(".py") and not file.is_migration]
ROOTS = (
    "shared/",
    "gateway/",
    *(f"services/{name}/" for name in ("auth", "catalog", "integration", "media", "location")),
)


def named(name: str, text: str) -> File:
    file = File(name)
    file.__dict__["text"] = text
    return file


def too_long(file: File, tree: ast.Module) -> list[str]:
    module = [file.name] if file.lines > MOST_LINES else []
    functions = functions_of(tree)
    return module + [f"{file.name}:{node.lineno}" for node, lines in functions if lines > MOST_LINES_OF_A_FUNCTION]


@pytest.fixture(scope="module")
def wrong() -> dict[str, list[str]]:
    """What breaks a rule of each module alone. One tree at a time: all of them would slow the tests that follow."""
    wrong: dict[str, list[str]] = {"sizes": [], "defaults": []}
    for file in PYTHON:
        tree = ast.parse(file.text)
        wrong["sizes"] += too_long(file, tree)
        wrong["defaults"] += [f"{file.name}:{line}" for line in frozen_times(tree)]
    return wrong


def test_no_module_and_no_function_is_too_long(wrong: dict[str, list[str]]) -> None:
    assert wrong["sizes"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = 1\n" * 400, []),
        ("a = 1\n" * 401, ["a.py"]),
        ("def short():\n" + "    pass\n" * 59, []),
        ("async def long():\n" + "    pass\n" * 60, ["a.py:1"]),
    ],
    ids=["module", "long module", "function", "long function"],
)
def test_a_line_too_much_is_noticed(text: str, found: list[str]) -> None:
    assert too_long(named("a.py", text), ast.parse(text)) == found


def test_no_default_asks_a_clock_or_for_the_zone(wrong: dict[str, list[str]]) -> None:
    assert wrong["defaults"] == []


@pytest.mark.parametrize(
    ("text", "is_frozen"),
    [
        ("def f(zone=local_zone()): ...", True),
        ("def f(*, zone=local_zone()): ...", True),
        ("f = lambda zone=local_zone(): zone", True),
        ("class A:\n    zone: ZoneInfo = local_zone()", True),
        ("ZONE = local_zone()\ndef f(zone=ZONE): ...", True),
        ("ZONE: ZoneInfo = local_zone()\nclass A:\n    zone: ZoneInfo = ZONE", True),
        ("def f(at=datetime.now(UTC)): ...", True),
        ("def f(text=str(date.today())): ...", True),
        ("def f(zone=None):\n    zone = zone or local_zone()", False),
        ("def f(zone=local_zone): ...", False),
        ("class A:\n    zone: ZoneInfo = field(default_factory=lambda: local_zone())", False),
        ("def f(now=3): ...", False),
        ("class A:\n    at: datetime = Field(server_default=func.now())", False),
    ],
)
def test_default_that_asks_is_noticed(text: str, is_frozen: bool) -> None:
    tree = ast.parse(f"from ecatalog.core.clock import local_zone\n{text}")
    assert bool(list(frozen_times(tree))) == is_frozen


def test_no_service_knows_requests_or_answers() -> None:
    services = [file for file in code() if PurePath(file.name).name == "service.py"]
    assert len(services) > 20
    assert [file.name for file in services if list(request_types(ast.parse(file.text)))] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from starlette.requests import Request", ["Request"]),
        ("from fastapi import Request, Response", ["Request", "Response"]),
        ("from starlette.responses import StreamingResponse as Answer", ["StreamingResponse"]),
        ("from starlette.datastructures import FormData, UploadFile", ["FormData"]),
        ("from starlette.datastructures import Headers", ["Headers"]),
        ("from ecatalog.http.responses import Json", ["Json"]),
        ("from ecatalog.caching.etag import json_response", ["json_response"]),
        ("import starlette.requests", ["starlette.requests"]),
        ("def f() -> None:\n    from fastapi import Request", ["Request"]),
        ("from httpx import Response", []),
        ("from ecatalog.listing.list_request import ListRequest", []),
    ],
)
def test_service_that_knows_a_request_is_noticed(text: str, found: list[str]) -> None:
    assert list(request_types(ast.parse(text))) == found


def test_no_package_of_the_library_imports_upwards() -> None:
    heights = layers()
    modules = [(PurePath(file.name).parts[2], file) for file in PYTHON if file.name.startswith(f"shared/{LIBRARY}/")]
    packages = [(package, file) for package, file in modules if package in heights]
    assert {package for package, _ in packages} == heights.keys()
    found = {file.name: list(upward_imports(package, ast.parse(file.text), heights)) for package, file in packages}
    assert {name: upward for name, upward in found.items() if upward} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from ecatalog.http.body import REQUIRED", ["http"]),
        ("from ecatalog import http", ["http"]),
        ("import ecatalog.runtime.app", ["runtime"]),
        ("def f() -> None:\n    from ecatalog.jobs.task import Task", ["jobs"]),
        ("from ecatalog.core.errors import NotFound", []),
        ("from ecatalog.db.pool import Transaction", []),
        ("from fastapi import http", []),
    ],
)
def test_upward_import_is_noticed(text: str, found: list[str]) -> None:
    assert list(upward_imports("db", ast.parse(text), layers())) == found


def test_packages_side_by_side_do_not_import_each_other() -> None:
    assert list(upward_imports("jobs", ast.parse("import ecatalog.projections.projects"), layers())) == ["projections"]


READERS_OF_STATE = {
    "shared/ecatalog/runtime/app.py",  # the routes of health and metrics, which belong to no feature
    "shared/ecatalog/security/permissions.py",  # a permission is itself a dependency
}


def test_application_is_read_by_dependencies_only() -> None:
    modules = [file for file in code() if PurePath(file.name).name != "dependencies.py"]
    assert {file.name for file in modules if list(state_reads(ast.parse(file.text)))} == READERS_OF_STATE


@pytest.mark.parametrize(
    ("text", "is_noticed"),
    [
        ("def f(request): return request.app.state.database", True),
        ("class A:\n    def f(self): state = self.request.app.state", True),
        ("def f(app): app.state.database = 1", False),
        ("def f(request): return request.state", False),
    ],
)
def test_reader_of_the_application_is_noticed(text: str, is_noticed: bool) -> None:
    assert bool(list(state_reads(ast.parse(text)))) == is_noticed


WITH_SESSIONS = (
    "shared/ecatalog/db/database.py", "services/auth/auth/", "services/integration/integration/integrations/",
    "services/integration/integration/syncs/job.py",
)  # fmt: skip
"""Rows are few there and rules are many. The job of a sync reads its integration as the ORM has it."""


def test_orm_is_used_where_rows_are_few_only() -> None:
    modules = [file.name for file in code() if list(session_uses(ast.parse(file.text)))]
    assert [name for name in modules if not name.startswith(WITH_SESSIONS)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("async def f(d):\n    async with d.session() as s: ...", ["session"]),
        ("def f(session: AsyncSession): ...", ["AsyncSession"]),
        ("async def f(s): return await transaction_of(s)", ["transaction_of"]),
        ("def f(c): return c.driver_connection", ["driver_connection"]),
        ("async def f(d):\n    async with d.transaction() as session: ...", []),
    ],
)
def test_use_of_the_orm_is_noticed(text: str, found: list[str]) -> None:
    assert list(session_uses(ast.parse(text))) == found


def module_name(file: File) -> str:
    root = next((root for root in ROOTS if file.name.startswith(root)), "")
    return file.name.removeprefix(root).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_no_statement_that_writes_is_sent_again() -> None:
    whole = Code({module_name(file): ast.parse(file.text) for file in code()})
    assert [(name, function) for name in whole.modules for function in whole.writing_reads(name)] == []


OTHER_MODULE = """
WRITES = f"with x as (select 1) update {'a'} t set b = 1"

def made(name):
    return "delete from " + name
"""


@pytest.mark.parametrize(
    ("text", "is_noticed"),
    [
        ("def f(d): d.fetch_rows('delete from a')", True),
        ("def f(d): d.fetch_value(sql='select nextval(1)')", True),
        ("SQL = 'select 1 for no key update'\ndef f(d): d.fetch_row(SQL, [1])", True),
        ("def f(d):\n    sql = 'update ' + name(d) + ' set b = 1'\n    d.fetch_rows(sql)", True),
        ("def f(d, a):\n    sql = f'update {a} set b = 1'\n    d.fetch_rows(sql)", True),
        ("from other import WRITES\ndef f(d): d.fetch_rows(WRITES.format(a=1))", True),
        ("from pack import other\ndef f(d): d.fetch_rows(other.made('a'))", True),
        ("class A:\n    def __init__(self):\n        self._sql = 'insert into a'\n"
         "    def f(self, d): d.fetch_rows(self._sql)", True),
        ("SQL = 'delete from a'\ndef f(d): d.execute(SQL)", False),
        ("def f(d): d.fetch_rows('select updated_at from a where is_deleted')", False),
    ],
)  # fmt: skip
def test_statement_that_writes_is_noticed(text: str, is_noticed: bool) -> None:
    other = ast.parse(OTHER_MODULE)
    whole = Code({"one": ast.parse(text), "other": other, "pack.other": other})
    assert list(whole.writing_reads("one")) == (["f"] if is_noticed else [])


def test_tests_of_the_whole_system_stand_where_make_test_looks_for_them() -> None:
    marked = [file.name for file in PYTHON if "pytest.mark.cluster" in file.text]
    assert marked
    assert [name for name in marked if not name.startswith(("tests/", "deploy/local/tests/"))] == []
