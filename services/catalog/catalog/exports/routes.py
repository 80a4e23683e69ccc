"""The lists as workbooks, and workbooks to fill in: for any user, of the rows that its lists show."""

from typing import Any

from ecatalog.entities.filters import Where
from ecatalog.http.list_parameters import ListParameters
from ecatalog.http.routing import LeanRoute
from ecatalog.security.permissions import SignedIn
from fastapi import APIRouter, Depends, Request, Response

from catalog.client.service import visible
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT
from catalog.exports.service import Export, Xlsx

router = APIRouter(prefix="/api/v1", route_class=LeanRoute)

PROJECT_EXPORT = Export(PROJECT)
CLIENT_EXPORT = Export(CLIENT)
PRODUCT_EXPORT = Export(NOMENKLATURA)


def _of(export: Export, tag: str) -> dict[str, Any]:
    query = Depends(ListParameters(export.entity.rendering, paged=False))
    return {"tags": [tag], "response_class": Xlsx, "dependencies": [query]}


@router.get("/project/export-xlsx/", summary="Export projects to Excel", **_of(PROJECT_EXPORT, "projects"))
async def export_projects(_: SignedIn, request: Request) -> Response:
    """All rows that the filters leave, in the order of the list."""
    return await PROJECT_EXPORT.answer(request, Where())


@router.get("/client/export-xlsx/", summary="Export clients to Excel", **_of(CLIENT_EXPORT, "clients"))
async def export_clients(user: SignedIn, request: Request) -> Response:
    """All rows that the filters leave, in the order of the list; of the user's regions only."""
    return await CLIENT_EXPORT.answer(request, visible(user))


@router.get("/nomenklatura/export-xlsx/", summary="Export products to Excel", **_of(PRODUCT_EXPORT, "nomenklatura"))
async def export_products(_: SignedIn, request: Request) -> Response:
    """All rows that the filters leave, in the order of the list."""
    return await PRODUCT_EXPORT.answer(request, Where())


@router.get("/project/template-xlsx/", tags=["projects"], summary="Excel template of projects", response_class=Xlsx)
async def project_template(_: SignedIn) -> Response:
    """A workbook to fill in and import, with a row that shows how."""
    return PROJECT_EXPORT.template()


@router.get("/client/template-xlsx/", tags=["clients"], summary="Excel template of clients", response_class=Xlsx)
async def client_template(_: SignedIn) -> Response:
    """A workbook to fill in and import, with a row that shows how."""
    return CLIENT_EXPORT.template()


@router.get(
    "/nomenklatura/template-xlsx/", tags=["nomenklatura"], summary="Excel template of products", response_class=Xlsx
)
async def product_template(_: SignedIn) -> Response:
    """A workbook to fill in and import, with a row that shows how."""
    return PRODUCT_EXPORT.template()
