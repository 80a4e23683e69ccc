"""Jobs as clients see them: SQL by which PostgreSQL renders the JSON, the visibility, and cancelling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, LiteralString
from uuid import UUID

from ecatalog.core.errors import NotFound
from ecatalog.db.database import Database
from ecatalog.db.render import utc
from ecatalog.db.sql import Ident, Sql, compose, execute, join, number, placeholder
from ecatalog.jobs import queue
from ecatalog.jobs.task import MORE_PHASES
from ecatalog.listing.paging import Page, envelope
from ecatalog.security.permissions import Principal

SHOWN_ERRORS = 100

OWN_OR_STAFF: Final = "(j.user_id = %(user_id)s or %(staff)s)"
"""A job is shown to the user who asked for it, and to administrators."""

SIGNED_IN: Final = "true"
"""A job is shown to whoever is signed in."""

COUNTS: Final = ("total", "processed", "created", "updated", "unchanged", "errors")
ITEMS: Final = ("total_items", "processed_items", "created_items", "updated_items", "unchanged_items", "error_items")
MESSAGES: Final = ("error_message", "error_details")
TIMES: Final = ("started_at", "completed_at")

_ERRORS: LiteralString = """
    select coalesce(json_agg(row_to_json(x)), '[]'::json) from (
        select e.code, e.error, {time} as timestamp from job_error e
         where e.job_id = {job} and {visible} order by e.row, e.id limit {limit}) x
"""
_PERCENT: LiteralString = """
    case when coalesce(j.total, 0) = 0 then case when j.status = 'succeeded' then {empty_is} else 0 end
         else j.processed::bigint * 100 / j.total end
"""

_ERROR_TIME = utc("e.created_at", "+00:00")
_PHASES = join(" ", (compose(f"when '{phase}' then '{status}'") for phase, status in MORE_PHASES.items()))
WIRE_STATUS = compose(
    "case j.status when 'succeeded' then 'completed' when 'failed' then 'error' when 'cancelled' then 'error'"
    " else case j.phase {phases} else j.phase end end",
    phases=_PHASES,
)
"""SQL for the status that clients know, of the row ``j`` of ``job``."""

_NUMBERS = {
    name: compose("j.{name}", name=Ident(name))
    for name in ("processed", "created", "updated", "unchanged", "skipped", "errors")
} | {"total": compose("coalesce(j.total, 0)")}
_COLUMNS = _NUMBERS | {f"{name.replace('errors', 'error')}_items": sql for name, sql in _NUMBERS.items()} | {
    "task_id": compose("j.task_id"), "status": WIRE_STATUS, "message": compose("j.message"),
    "error_message": compose("j.error"), "error_details": compose("j.error"), "warnings": compose("j.warnings"),
    "started_at": utc("j.created_at", "Z"), "completed_at": utc("j.finished_at", "Z"),
}  # fmt: skip


def view(
    names: Sequence[str], *, own: Mapping[str, LiteralString], empty_is: int = 0, errors_visible: LiteralString = "true"
) -> Sql:
    """Write the select list of a status: the common columns by their names, in this order, and the feature's ``own``.

    ``empty_is`` is the percentage of a job that succeeded without a row; ``errors_visible`` is SQL about the job ``j``
    and its errors ``e``.
    """
    errors = compose(
        f"({_ERRORS})", time=_ERROR_TIME, job=compose("j.id"), visible=compose(errors_visible),
        limit=number(SHOWN_ERRORS),
    )  # fmt: skip
    columns = _COLUMNS | {"item_errors": errors, "progress_percent": compose(_PERCENT, empty_is=number(empty_is))}
    columns |= {name: compose(sql) for name, sql in own.items()}
    return join(", ", (compose("{sql} as {name}", sql=columns[name], name=Ident(name)) for name in names))


@dataclass(frozen=True)
class Shown:
    """The jobs of a feature as clients see them.

    ``columns`` is a :func:`view` of the row ``j`` in ``source``; ``where`` selects the feature's jobs, ``visible``
    (:data:`OWN_OR_STAFF` or :data:`SIGNED_IN`) those that a user may see, ``errors_visible`` the errors of those.
    All may use parameters that the caller of the functions below gives by name.
    """

    columns: Sql
    where: LiteralString
    visible: LiteralString
    source: LiteralString = "job j"
    errors_visible: LiteralString = "true"

    @cached_property
    def _selected(self) -> Sql:
        return compose(
            "j.task_id = %(task_id)s and {where} and {visible}",
            where=compose(self.where), visible=compose(self.visible),
        )  # fmt: skip

    @cached_property
    def row_sql(self) -> Sql:
        """Select a job as JSON."""
        return compose(
            "select row_to_json(x) from (select {columns} from {source} where {selected}) x",
            columns=self.columns, source=compose(self.source), selected=self._selected,
        )  # fmt: skip

    @cached_property
    def errors_sql(self) -> Sql:
        """Select the id of a job and the number of its errors."""
        return compose(
            "select j.id, (select count(*) from job_error e where e.job_id = j.id and {visible})"
            " from job j where {selected}",
            visible=compose(self.errors_visible), selected=self._selected,
        )  # fmt: skip

    @cached_property
    def errors_page_sql(self) -> Sql:
        """Select a page of the errors of a job as JSON."""
        return compose(
            _ERRORS, time=_ERROR_TIME, job=placeholder("id"), limit=compose("%(limit)s offset %(offset)s"),
            visible=compose(
                "exists (select from job j where j.id = e.job_id and {visible})", visible=compose(self.errors_visible)
            ),
        )  # fmt: skip

    @cached_property
    def id_sql(self) -> Sql:
        """Select the id of a job."""
        return compose("select j.id from job j where {selected}", selected=self._selected)


async def show(database: Database, shown: Shown, user: Principal, task_id: str, **parameters: Any) -> bytes:
    """Return a job as JSON; raises :class:`NotFound` for one that the user may not see."""
    found = await database.fetch_json(shown.row_sql, _about(user, task_id) | parameters)
    if found is None:
        raise NotFound
    return found


async def find(database: Database, shown: Shown, user: Principal, task_id: str, **parameters: Any) -> tuple[int, int]:
    """Return the inner id of a job, and how many errors of it the user may see; raises :class:`NotFound`."""
    found = await database.fetch_row(shown.errors_sql, _about(user, task_id) | parameters)
    if found is None:
        raise NotFound
    return found[0], found[1]


async def errors(
    database: Database, shown: Shown, user: Principal, task_id: str, query: Mapping[str, str], url: str,
    **parameters: Any,
) -> bytes:  # fmt: skip
    """Return the page of errors that ``query`` asks for, with its envelope; raises :class:`NotFound`."""
    job_id, count = await find(database, shown, user, task_id, **parameters)
    page = Page.of(query)
    skipped = page.skipped(count)
    span = parameters | {"id": job_id, "limit": page.size, "offset": skipped}
    rows = await database.fetch_json(shown.errors_page_sql, span) if count else None
    return envelope(page, count, skipped, url, rows or b"[]")


async def cancel(
    database: Database, shown: Shown, user: Principal, task_id: str, message: str, **parameters: Any
) -> bool:
    """End a job; return False when it had ended before. Raises :class:`NotFound` for one that the user may not see."""
    async with database.transaction() as connection:
        found = await (await execute(connection, shown.id_sql, _about(user, task_id) | parameters)).fetchone()
        if found is None:
            raise NotFound
        return await queue.cancel(connection, found[0], message) is not None


def _about(user: Principal, task_id: str) -> dict[str, Any]:
    try:
        known = UUID(task_id)
    except ValueError:
        raise NotFound from None
    return {"task_id": known, "user_id": user.user_id, "staff": user.is_staff}
