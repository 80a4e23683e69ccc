"""The paths and forms of imports."""

from typing import Any

from deploy.local.demo.api import Api
from tests.golden.books import XLSX
from tests.golden.gates import until


def path(kind: str, query: str = "") -> str:
    return f"/api/v1/{kind}/import-xlsx/{query}"


def status(kind: str, task_id: str) -> str:
    return f"{path(kind)}{task_id}/"


def errors(kind: str, task_id: str) -> str:
    """The path of the workbook of rejected rows."""
    return f"{status(kind, task_id)}errors.xlsx/"


def form(content: bytes, **fields: str) -> dict[str, Any]:
    return {"files": {"file": ("book.xlsx", content, XLSX)}, "data": fields}


def project_of(admin: Api, name: str) -> str:
    """The id of a new project, as a form takes it."""
    return str(admin.post("/api/v1/project/", {"code_1c": f"GOLDEN-{name}", "name": f"Golden {name}"})["id"])


def wait_ended(admin: Api, kind: str, task_id: str) -> None:
    until(lambda: admin.get(status(kind, task_id))["status"] in {"completed", "error"})
