from ecatalog.caching.etag import json_response
from ecatalog.http.dependencies import Db, own_url
from ecatalog.http.responses import Json
from ecatalog.listing.paging import PARAMETERS, Listed
from ecatalog.security.permissions import Editor, SignedIn
from fastapi import APIRouter, Request, Response

from integration.syncs import service
from integration.syncs.filters import HISTORY
from integration.syncs.schemas import HistoryOut, ItemErrorOut, StartedOut, StatusOut

router = APIRouter(prefix="/api/v1/integration", tags=["integration"])

STATUS_PATH = "/sync/status/{task_id}/"


@router.post("/sync/nomenklatura/{integration_id:int}/", status_code=202, response_model=StartedOut)
async def sync_nomenklatura(user: Editor, integration_id: int, database: Db) -> Response:
    """Fetch the products of an integration."""
    return Json(await service.start(database, integration_id, "nomenklatura", user.user_id), 202)


@router.post("/sync/clients/{integration_id:int}/", status_code=202, response_model=StartedOut)
async def sync_clients(user: Editor, integration_id: int, database: Db) -> Response:
    """Fetch the clients of an integration."""
    return Json(await service.start(database, integration_id, "clients", user.user_id), 202)


@router.get(STATUS_PATH, response_model=StatusOut)
async def read_status(request: Request, user: SignedIn, task_id: str, database: Db) -> Response:
    """Where a sync stands. Of a sync of clients, the errors are shown to whoever sees all clients as an editor."""
    return json_response(request, await service.show(database, user, task_id))


@router.post(f"{STATUS_PATH}cancel/", response_model=StatusOut)
async def cancel_sync(request: Request, user: Editor, task_id: str, database: Db) -> Response:
    """End a sync; what was applied stays."""
    await service.cancel(database, user, task_id)
    return json_response(request, await service.show(database, user, task_id))


@router.get(
    f"{STATUS_PATH}errors/", response_model=Listed[ItemErrorOut], openapi_extra={"parameters": list(PARAMETERS)}
)
async def list_errors(request: Request, user: SignedIn, task_id: str, database: Db) -> Response:
    """Every row of a sync that was not stored, a page at a time; none of clients for whoever may not see them all."""
    found = await service.errors(database, user, task_id, request.query_params, str(request.url))
    return json_response(request, found)


@router.get(
    "/history/", response_model=HistoryOut, openapi_extra={"parameters": [*HISTORY.parameters, *service.HISTORY_PAGES]}
)
async def list_history(request: Request, user: SignedIn, database: Db) -> Response:
    """The last 100 syncs, newest first; or the page that is asked for, of all that there were."""
    return json_response(request, await service.history(database, user, request.query_params, own_url(request)))
