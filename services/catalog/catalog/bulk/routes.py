"""Many rows in one request: `POST …/bulk/` of projects, clients and products."""

from ecatalog.entities.filters import Where
from ecatalog.http.routing import LeanRoute
from ecatalog.security.permissions import Editor
from fastapi import APIRouter, Request, Response

from catalog.bulk.schemas import BulkAnswer
from catalog.bulk.service import Bulk, request_body
from catalog.client import service as client
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.project import PROJECT

router = APIRouter(prefix="/api/v1", route_class=LeanRoute)

PROJECTS = Bulk(PROJECT)
CLIENTS = Bulk(CLIENT)
PRODUCTS = Bulk(NOMENKLATURA)


@router.post(
    "/project/bulk/", tags=["projects"], summary="Create and change projects", status_code=207,
    response_model=BulkAnswer, openapi_extra=request_body(PROJECTS.entity),
)  # fmt: skip
async def write_projects(_: Editor, request: Request) -> Response:
    """Up to 1,000 rows, by their codes; of a row that exists only what is sent changes."""
    return await PROJECTS.answer(request, Where())


@router.post(
    "/client/bulk/", tags=["clients"], summary="Create and change clients", status_code=207,
    response_model=BulkAnswer, openapi_extra=request_body(CLIENTS.entity),
)  # fmt: skip
async def write_clients(user: Editor, request: Request) -> Response:
    """Up to 1,000 rows, by code and `project_id`; without it the one row of that code is meant, or a new one made."""
    return await CLIENTS.answer(request, client.visible(user), client.keep(user))


@router.post(
    "/nomenklatura/bulk/", tags=["nomenklatura"], summary="Create and change products", status_code=207,
    response_model=BulkAnswer, openapi_extra=request_body(PRODUCTS.entity),
)  # fmt: skip
async def write_products(_: Editor, request: Request) -> Response:
    """Up to 1,000 rows, by code and `project_id`; without it the one row of that code is meant, or a new one made."""
    return await PRODUCTS.answer(request, Where())
