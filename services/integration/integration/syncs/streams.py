"""The streams of a run as clients see them, and which of them its numbers are of."""

from typing import Final, LiteralString

ORDER: Final = "array['nomenklatura', 'clients', 'prices', 'stock', 'groups', 'price_types', 'warehouses', 'variants']"
MAIN: Final = f"""
    left join lateral (
        select s.* from sync_stream s where s.job_id = j.id
         order by s.total = 0, array_position({ORDER}, s.stream) limit 1
    ) m on true
"""  # noqa: S608 - a constant
"""SQL for the stream ``m`` that the numbers of the job ``j`` are of: products, or else clients, or else what came."""

STREAMS: Final = f"""
    (select coalesce(json_agg(row_to_json(x)), '[]'::json) from (
        select s.stream, s.total, s.processed, s.created, s.updated, s.unchanged, s.errors, s.parked, s.missing,
               s.complete
          from sync_stream s where s.job_id = j.id order by array_position({ORDER}, s.stream)) x)
"""  # noqa: S608 - a constant
"""SQL for the numbers of all streams of the job ``j``."""

_TOTAL: Final = "coalesce(m.total, j.total, 0)"
_IS_OVER: Final = "j.status not in ('todo', 'doing')"
# All rows of the main stream may be applied while others are not: clients that ask take that for the end.
_PROCESSED: Final = f"""
    case when m.job_id is null then j.processed when {_IS_OVER} then m.processed
         else least(m.processed, greatest(m.total - 1, 0)) end
"""
_PERCENT: Final = f"case when {_TOTAL} = 0 then 0 else ({_PROCESSED})::bigint * 100 / {_TOTAL} end"
_NUMBERS: dict[str, LiteralString] = {
    "total": _TOTAL,
    "processed": _PROCESSED,
    "created": "coalesce(m.created, j.created)",
    "updated": "coalesce(m.updated, j.updated)",
    "unchanged": "coalesce(m.unchanged, j.unchanged)",
    "errors": "coalesce(m.errors, j.errors)",
}
NUMBERS: dict[str, LiteralString] = {
    **_NUMBERS,
    "total_items": _TOTAL,
    "processed_items": _PROCESSED,
    "created_items": _NUMBERS["created"],
    "updated_items": _NUMBERS["updated"],
    "unchanged_items": _NUMBERS["unchanged"],
    "error_items": _NUMBERS["errors"],
    "progress_percent": _PERCENT,
}
"""SQL for the numbers of a run, each under both of its names; those of the main stream, if there are streams."""

OF_RUN: dict[str, LiteralString] = {
    "kind": "i.kind",
    "base": "coalesce((select r.base from sync_run r where r.job_id = j.id), i.base, i.id::text)",
    "streams": STREAMS,
    "is_dry_run": "coalesce((j.args ->> 'is_dry_run')::boolean, false)",
    "started_by": "coalesce(j.args ->> 'started_by', 'user')",
}
"""SQL for what else is told of the job ``j`` of the integration ``i``."""
