"""Workbooks in: `POST …/import-xlsx/` of projects, clients and products, and how an import goes on."""

from typing import Any

from ecatalog.entities.entity import Entity
from ecatalog.http.dependencies import Caches, Db
from ecatalog.http.responses import Json, accepted
from ecatalog.http.routing import LeanRoute
from ecatalog.jobs import status
from ecatalog.security.permissions import Editor, SignedIn
from fastapi import APIRouter, Response

from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from catalog.exports.routes import Xlsx
from catalog.imports import service
from catalog.imports.dependencies import Sent
from catalog.imports.rejected import workbook
from catalog.imports.schemas import ImportAnswer, ImportStarted, ImportStatus
from catalog.imports.views import IMPORTS

FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "project_id": {"type": "integer", "description": "0 for rows without a project"},
    },
}
EXAMPLE = {"file": "products.xlsx", "project_id": 1}
FLAGS = [
    {
        "name": name,
        "in": "query",
        "required": False,
        "schema": {"type": "boolean", "default": default},
        "description": description,
    }
    for name, default, description in (
        ("dry_run", False, "only report what would happen"),
        ("wait", True, "wait up to 120 s for a large workbook"),
    )
]
REQUEST = {
    "parameters": FLAGS,
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FORM, "example": EXAMPLE}}},
}
TOO_LARGE = {"description": "More than is read of a workbook."}
FILE: dict[str, Any] = {
    "content": {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
            "schema": {"type": "string", "format": "binary"}
        }
    }
}


def _router(entity: Entity, tag: str) -> APIRouter:
    """Return the routes of one kind; they are the same for all."""
    router = APIRouter(prefix=f"/api/v1/{entity.name}/import-xlsx", tags=[tag], route_class=LeanRoute)

    @router.post(
        "/", summary="Import a workbook", response_model=ImportAnswer, openapi_extra=REQUEST,
        name=f"import_{entity.name}",
        responses={202: {"model": ImportStarted, "description": "The worker goes on."}, 413: TOO_LARGE},
    )  # fmt: skip
    async def import_workbook(user: Editor, sent: Sent, database: Db, caches: Caches) -> Response:
        """Rows are created and changed by their codes; an empty cell leaves the stored value as it is."""
        imported = await service.import_workbook(database, caches, entity, user, sent)
        return Json(imported.body) if imported.is_finished else accepted(imported.body)

    @router.get(
        "/{task_id}/", summary="Show how an import goes on", response_model=ImportStatus, name=f"imported_{entity.name}"
    )
    async def show_import(user: SignedIn, task_id: str, database: Db) -> Response:
        """In the form of a sync's status."""
        found = await status.show(database, IMPORTS, user, task_id, kind=entity.name)
        return Response(found, media_type="application/json")  # without a tag: it is never remembered

    @router.get(
        "/{task_id}/errors.xlsx/", summary="Download the rejected rows", name=f"rejected_{entity.name}",
        response_class=Xlsx, responses={200: FILE},
    )  # fmt: skip
    @router.get("/{task_id}/errors.xlsx", include_in_schema=False)
    async def download_rejected(user: SignedIn, task_id: str, database: Db) -> Response:
        """The rejected rows as they were sent, with a column that says what is wrong: to mend and to send again."""
        job_id, _ = await status.find(database, IMPORTS, user, task_id, kind=entity.name)
        return workbook(database, entity.sheet, job_id)

    return router


ROUTERS = (
    _router(PROJECT, "projects"),
    _router(CLIENT, "clients"),
    _router(NOMENKLATURA, "nomenklatura"),
)
