from typing import Any
from uuid import UUID

from ecatalog.caching.etag import json_response
from ecatalog.contracts.integration import SyncType
from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.entities.filters import Where
from ecatalog.http.responses import Json
from ecatalog.listing.entity_list import own_url
from ecatalog.listing.paging import PARAMETERS, Listed, Page, envelope
from ecatalog.security.permissions import EDITORS, Editor, Principal, SignedIn
from fastapi import APIRouter, Request, Response

from integration.dependencies import Db
from integration.tasks import service, views
from integration.tasks.filters import HISTORY
from integration.tasks.schemas import HistoryOut, ItemErrorOut, StartedOut, StatusOut

router = APIRouter(prefix="/api/v1/integration", tags=["integration"])

_HISTORY_PAGES = [parameter for parameter in PARAMETERS if parameter["name"] != "cursor"]
STATUS_PATH = "/sync/status/{task_id}/"


@router.post("/sync/nomenklatura/{integration_id:int}/", status_code=202, response_model=StartedOut)
async def sync_nomenklatura(_: Editor, integration_id: int, database: Db) -> Response:
    """Fetch the products of an integration."""
    return await _start(database, integration_id, "nomenklatura")


@router.post("/sync/clients/{integration_id:int}/", status_code=202, response_model=StartedOut)
async def sync_clients(_: Editor, integration_id: int, database: Db) -> Response:
    """Fetch the clients of an integration."""
    return await _start(database, integration_id, "clients")


async def _start(database: Database, integration_id: int, sync_type: SyncType) -> Response:
    async with database.session() as session:
        started = await service.start(session, integration_id, sync_type)
    return Json(started, 202)


@router.get(STATUS_PATH, response_model=StatusOut)
async def read_status(request: Request, user: SignedIn, task_id: str, database: Db) -> Response:
    """Where a sync stands. Of a sync of clients, the errors are shown to whoever sees all clients as an editor."""
    return json_response(request, await _status(database, _uuid(task_id), user))


@router.post(f"{STATUS_PATH}cancel/", response_model=StatusOut)
async def cancel_sync(request: Request, user: Editor, task_id: str, database: Db) -> Response:
    """End a sync; what was applied stays."""
    known = _uuid(task_id)
    async with database.session() as session:
        await service.cancel(session, known, _name(user))
    return json_response(request, await _status(database, known, user))


@router.get(
    f"{STATUS_PATH}errors/", response_model=Listed[ItemErrorOut], openapi_extra={"parameters": list(PARAMETERS)}
)
async def list_errors(request: Request, user: SignedIn, task_id: str, database: Db) -> Response:
    """Every row of a sync that was not stored, a page at a time; none of clients for whoever may not see them all."""
    found = await database.fetch_row(views.ERRORS_COUNT, {"task_id": _uuid(task_id), **_sight(user)})
    if found is None:
        raise NotFound
    task, count = found
    page = Page.of(request.query_params)
    skipped = page.skipped(count)
    span = {"id": task, "limit": page.size, "offset": skipped}
    rows = await database.fetch_json(views.ERRORS_PAGE, span) if count else None
    return json_response(request, envelope(page, count, skipped, str(request.url), rows or b"[]"))


@router.get(
    "/history/", response_model=HistoryOut, openapi_extra={"parameters": [*HISTORY.parameters, *_HISTORY_PAGES]}
)
async def list_history(request: Request, user: SignedIn, database: Db) -> Response:
    """The last 100 syncs, newest first; or the page that is asked for, of all that there were."""
    where, query = Where(), request.query_params
    HISTORY.apply(query, where)
    if any(parameter["name"] in query for parameter in _HISTORY_PAGES):
        counted = await database.fetch_row(views.history_count(where.sql), where.parameters)
        count: int = counted[0] if counted else 0
        page = Page.of({name: value for name, value in query.items() if name != "cursor"})
        span = {"limit": page.size, "offset": (skipped := page.skipped(count))}
        rows = await database.fetch_json(views.history_page(where.sql), where.parameters | span | _sight(user))
        return json_response(request, envelope(page, count, skipped, own_url(request), rows or b"[]"))
    found = await database.fetch_json(views.history(where.sql), where.parameters | _sight(user))
    return json_response(request, found or b'{"results":[],"count":0}')


async def _status(database: Database, task_id: UUID, user: Principal) -> bytes:
    found = await database.fetch_json(views.STATUS, {"task_id": task_id, **_sight(user)})
    if found is None:
        raise NotFound
    return found


def _sight(user: Principal) -> dict[str, bool]:
    """Whether the user sees clients that a sync names, of whatever region they are."""
    return {"all_clients": user.role in EDITORS and user.client_regions is None}


def _uuid(raw: Any) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        raise NotFound from None


def _name(user: Principal) -> str:
    return f"user {user.user_id}"
