"""Asking the workers to describe products, or to take that back; and how such a task goes on."""

from typing import Any, Literal
from uuid import UUID

from ecatalog.core.errors import NOT_FOUND, FieldErrors, NotFound
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.db.sql import execute
from ecatalog.entities.filters import Where
from ecatalog.fields.types import no_such_pk
from ecatalog.http.body import REQUIRED
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Principal
from ecatalog.telemetry.context import request_id
from starlette.requests import Request
from starlette.responses import Response

from catalog import rows
from catalog.descriptions import tasks, views
from catalog.descriptions.clearing import TOUCHED
from catalog.descriptions.kinds import PRODUCTS
from catalog.descriptions.schemas import BulkClearBody, BulkEnrichBody, EnrichBody
from catalog.descriptions.tasks import Order
from catalog.nomenklatura.service import STORE
from catalog.rows import Connection
from catalog.store import SEVERAL

EMPTY = "This list may not be empty."
TWO_NAMES = "codes and code_1cs are two names of the same list: send one of them."
_MESSAGES = {
    "enrich": (
        "There is no product to describe.", "1 product is being described.", "{:,} products are being described.",
    ),
    "clear": (
        "There is no description to take back.", "The description of 1 product is being taken back.",
        "The descriptions of {:,} products are being taken back.",
    ),
}  # fmt: skip
CANCELLED = "Cancelled by user {}."

Action = Literal["enrich", "clear"]

_BY_CODE = """
    select c.code, array_remove(array_agg(t.id), null)
      from unnest({codes}::text[]) c(code) left join nomenklatura t on t.code_1c = c.code and {where} group by c.code
"""


def _order(action: Action, user: Principal, body: EnrichBody | None = None) -> Order:
    body = body or EnrichBody()
    return Order(
        task_id=uuid7(), kind=PRODUCTS.name, action=action, user_id=user.user_id, language=body.language,
        overwrite=body.overwrite, review=body.review, max_tokens=body.max_tokens, request_id=request_id.get(),
    )  # fmt: skip


async def start_one(
    request: Request, user: Principal, code: str, action: Action, body: EnrichBody | None = None
) -> Response:
    """202; the one product that the path names."""
    row_id = await STORE.row_id(request, code, Where())
    order = _order(action, user, body)
    async with _database(request).connection() as connection, connection.transaction():
        begun = await tasks.start(connection, order, [row_id])
    return _started(order, begun)


async def start_many(
    request: Request, user: Principal, action: Action, body: BulkEnrichBody | BulkClearBody
) -> Response:
    """202; a code that names no product, or several, is an error of the task and does not stop the others."""
    codes = _codes(body)
    order = _order(action, user, body if isinstance(body, BulkEnrichBody) else None)
    async with _database(request).connection() as connection, connection.transaction():
        where = await _of_project(connection, body.project_id)
        if codes:
            ids, errors = await _named(connection, codes[: body.limit], where)
            begun = await tasks.start(connection, order, ids, errors)
        else:
            where.add(PRODUCTS.wanted(overwrite=order.overwrite) if action == "enrich" else TOUCHED)
            begun = await tasks.start_all(connection, order, where, body.limit)
    return _started(order, begun)


def _codes(body: BulkEnrichBody | BulkClearBody) -> list[str]:
    """Those that are named, by either name; none where all are meant."""
    if body.codes and body.code_1cs and body.codes != body.code_1cs:
        raise FieldErrors({"code_1cs": [TWO_NAMES]})
    codes = body.codes or body.code_1cs or []
    if codes or body.all or body.project_id is not None:
        return codes
    for name in ("codes", "code_1cs"):
        if getattr(body, name) is not None:
            raise FieldErrors({name: [EMPTY]})
    raise FieldErrors({"codes": [REQUIRED]})


async def _of_project(connection: Connection, project_id: int | None) -> Where:
    """Live products; those of a project, of none (0), or all (None)."""
    where = Where(["not t.is_deleted"])
    if project_id == 0:
        where.add("t.project_id is null")
    elif project_id is not None:
        if not await rows.is_live_project(connection, project_id):
            raise FieldErrors({"project_id": [no_such_pk(project_id)]})
        where.add("t.project_id = {value}", project_id)
    return where


async def _named(connection: Connection, codes: list[str], where: Where) -> tuple[list[int], list[tuple[str, str]]]:
    sql = _BY_CODE.format(where=where.sql, codes=where.parameter(codes))
    found = await (await execute(connection, sql, where.parameters)).fetchall()
    ids = [ids[0] for _, ids in found if len(ids) == 1]
    return ids, [(code, SEVERAL if ids else NOT_FOUND) for code, ids in found if len(ids) != 1]


def _started(order: Order, begun: int) -> Response:
    path = f"/api/v1/{order.kind}/bulk-{order.action}/{order.task_id}/"
    none, one, several = _MESSAGES[order.action]
    message = (none, one)[begun] if begun < 2 else several.format(begun)
    started = {"task_id": str(order.task_id), "status": "started", "status_url": path, "message": message}
    response = Json(started, 202)
    response.headers["Location"] = path
    return response


async def status(request: Request, user: Principal, task_id: str) -> Response:
    """A task of the user; administrators see those of all users."""
    found = await _database(request).fetch_json(views.STATUS, _about(user, task_id))
    if found is None:
        raise NotFound
    return Response(found, media_type="application/json")  # without a tag: it is never remembered


async def cancel(request: Request, user: Principal, task_id: str) -> Response:
    """204; what was done stays done. A task that has ended stays as it is."""
    parameters = _about(user, task_id) | {"message": CANCELLED.format(user.user_id)}
    async with _database(request).connection() as connection:
        if await (await execute(connection, views.CANCEL, parameters)).fetchone() is None:
            raise NotFound
    return Response(status_code=204)


def _about(user: Principal, task_id: str) -> dict[str, Any]:
    try:
        known = UUID(task_id)
    except ValueError:
        raise NotFound from None
    return {"task_id": known, "kind": PRODUCTS.name, "user_id": user.user_id, "staff": user.is_staff}


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database
