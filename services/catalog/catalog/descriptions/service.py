"""Defers jobs that describe products, or that take descriptions back."""

from collections.abc import Sequence
from typing import Literal

from ecatalog.core.errors import NOT_FOUND, FieldErrors
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute
from ecatalog.entities.filters import Where
from ecatalog.fields.types import no_such_pk
from ecatalog.http.body import REQUIRED
from ecatalog.jobs.progress import JobError, add_result
from ecatalog.jobs.queue import Deferred, defer, move
from ecatalog.security.permissions import Principal

from catalog.descriptions import todo
from catalog.descriptions.clearing import TOUCHED
from catalog.descriptions.job import CLEAR, DESCRIBE, FEW, FEW_ROWS, ClearArgs, DescribeArgs
from catalog.descriptions.schemas import BulkClearBody, BulkEnrichBody, EnrichBody
from catalog.descriptions.wanted import wanted_sql
from catalog.entities.errors import SEVERAL
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.entities.service import RowPath, row_id
from catalog.upsert.matching import live_projects

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
Started = dict[str, str]
"""Tells a client where to ask how far its job is."""

_BY_CODE = """
    select c.code, array_remove(array_agg(t.id), null)
      from unnest({codes}::text[]) c(code) left join nomenklatura t on t.code_1c = c.code and {where} group by c.code
"""


async def start_one(
    database: Database, user: Principal, path: RowPath, action: Action, body: EnrichBody | None = None
) -> Started:
    """Start a job for the one product that a path means."""
    row = await row_id(database, NOMENKLATURA, path)
    async with database.transaction() as connection:
        job = await _defer(connection, user, action, body)
        begun = await _begin(connection, job, await todo.add(connection, job.id, [row]))
    return _started(action, job, begun)


async def start_many(
    database: Database, user: Principal, action: Action, body: BulkEnrichBody | BulkClearBody
) -> Started:
    """Start a job; a code that names no product, or several, is an error of the job and does not stop the others."""
    codes = _codes(body)
    enrich = body if isinstance(body, BulkEnrichBody) else BulkEnrichBody()
    async with database.transaction() as connection:
        where = await _of_project(connection, body.project_id)
        job = await _defer(connection, user, action, enrich)
        errors: list[JobError] = []
        if codes:
            ids, errors = await _named(connection, codes[: body.limit], where)
            added = await todo.add(connection, job.id, ids)
        else:
            where.add(wanted_sql(NOMENKLATURA, overwrite=enrich.overwrite) if action == "enrich" else TOUCHED)
            added = await todo.add_all(connection, job.id, NOMENKLATURA.name, where, body.limit)
        begun = await _begin(connection, job, added, errors)
    return _started(action, job, begun)


async def _defer(connection: Transaction, user: Principal, action: Action, body: EnrichBody | None) -> Deferred:
    kind = NOMENKLATURA.name
    if action == "clear":
        return await defer(connection, CLEAR, ClearArgs(kind=kind), subject=kind, user_id=user.user_id)
    body = body or EnrichBody()
    args = DescribeArgs(
        kind=kind, language=body.language, overwrite=body.overwrite, review=body.review, max_tokens=body.max_tokens
    )
    return await defer(connection, DESCRIBE, args, subject=kind, user_id=user.user_id)


async def _begin(connection: Transaction, job: Deferred, rows: int, errors: Sequence[JobError] = ()) -> int:
    """Let a job of ``rows`` start; ``errors`` are the codes that name no row. A job without rows ends here."""
    if rows <= FEW_ROWS:
        await move(connection, job.id, FEW)
    await add_result(connection, job.id, total=rows + len(errors), errors=errors, last=True)
    return rows


def _codes(body: BulkEnrichBody | BulkClearBody) -> list[str]:
    """Return the codes under either name, none where all products are meant."""
    if body.codes and body.code_1cs and body.codes != body.code_1cs:
        raise FieldErrors({"code_1cs": [TWO_NAMES]})
    codes = body.codes or body.code_1cs or []
    if codes or body.all or body.project_id is not None:
        return codes
    for name in ("codes", "code_1cs"):
        if getattr(body, name) is not None:
            raise FieldErrors({name: [EMPTY]})
    raise FieldErrors({"codes": [REQUIRED]})


async def _of_project(connection: Transaction, project_id: int | None) -> Where:
    """Return the condition of live products: of a project, of none (0), or all (None)."""
    where = Where()
    where.add("not t.is_deleted")
    if project_id == 0:
        where.add("t.project_id is null")
    elif project_id is not None:
        if not await live_projects(connection, [project_id]):
            raise FieldErrors({"project_id": [no_such_pk(project_id)]})
        where.add("t.project_id = {value}", project_id)
    return where


async def _named(connection: Transaction, codes: list[str], where: Where) -> tuple[list[int], list[JobError]]:
    sql = compose(_BY_CODE, where=where.sql, codes=where.parameter(codes))
    found = await (await execute(connection, sql, where.parameters)).fetchall()
    ids = [ids[0] for _, ids in found if len(ids) == 1]
    return ids, [JobError(code, SEVERAL if ids else NOT_FOUND) for code, ids in found if len(ids) != 1]


def _started(action: Action, job: Deferred, begun: int) -> Started:
    path = f"/api/v1/{NOMENKLATURA.name}/bulk-{action}/{job.task_id}/"
    none, one, several = _MESSAGES[action]
    message = (none, one)[begun] if begun < 2 else several.format(begun)
    return {"task_id": str(job.task_id), "status": "started", "status_url": path, "message": message}
