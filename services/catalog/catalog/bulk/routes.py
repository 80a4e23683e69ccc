"""Many rows in one request: `POST …/bulk/` of projects, clients and products."""

from functools import partial

from ecatalog.entities.filters import Where
from ecatalog.http.routing import LeanRoute
from ecatalog.security.permissions import Editor
from fastapi import APIRouter, Request, Response

from catalog.bulk.schemas import BulkAnswer
from catalog.bulk.service import Bulk, request_body
from catalog.client import service as client
from catalog.nomenklatura import service as nomenklatura
from catalog.project import service as project

router = APIRouter(prefix="/api/v1", route_class=LeanRoute)

PROJECTS = Bulk(project.STORE.kind)
CLIENTS = Bulk(client.STORE.kind)
PRODUCTS = Bulk(nomenklatura.STORE.kind)


@router.post(
    "/project/bulk/", tags=["projects"], summary="Create and change projects", status_code=207,
    response_model=BulkAnswer, openapi_extra=request_body(PROJECTS.kind),
)  # fmt: skip
async def write_projects(_: Editor, request: Request) -> Response:
    """Up to 1,000 rows, by their codes; of a row that exists only what is sent changes."""
    return await PROJECTS.answer(request, Where())


@router.post(
    "/client/bulk/", tags=["clients"], summary="Create and change clients", status_code=207,
    response_model=BulkAnswer, openapi_extra=request_body(CLIENTS.kind),
)  # fmt: skip
async def write_clients(user: Editor, request: Request) -> Response:
    """Up to 1,000 rows, by code and `project_id`; without it the one row of that code is meant, or a new one made."""
    return await CLIENTS.answer(request, client.visible(user), partial(client.keep_within, user.client_regions))


@router.post(
    "/nomenklatura/bulk/", tags=["nomenklatura"], summary="Create and change products", status_code=207,
    response_model=BulkAnswer, openapi_extra=request_body(PRODUCTS.kind),
)  # fmt: skip
async def write_products(_: Editor, request: Request) -> Response:
    """Up to 1,000 rows, by code and `project_id`; without it the one row of that code is meant, or a new one made."""
    return await PRODUCTS.answer(request, Where())
