"""Syncs of the release before jobs, in each state."""

from typing import Any

import psycopg

BEFORE = "0004"
ENDED = [
    (21, "succeeded", 25, 25, 25, 0, 0),
    (22, "succeeded", 25, 25, 0, 25, 0),
    (23, "succeeded", 21, 21, 20, 0, 1),
]
"""Id, status, total, processed, created, updated and errors of those that were unfinished, with a 1C of 25 products."""

_PROJECT = "insert into project values (1, 'P-1', 'Project', 1, false)"
_INTEGRATION = """
    insert into integration (name, project_id, wsdl_url, username, method_nomenklatura, method_clients, chunk_size,
                             is_active, invert_is_active, timeout)
    values (%s, 1, %s, '', 'GetProductList', 'GetClientList', 10, true, false, 5)
"""
_SYNCS = """
    insert into sync_task (id, task_id, integration_id, sync_type, status, total, processed, created, updated,
                           unchanged, errors, error_message, message, fence, owner, lease_until, cleaned, created_at,
                           completed_at, request_id, warnings)
    overriding system value
    select n.id, uuidv7(), n.integration, n.type, n.status, n.total, n.processed, n.created, n.updated, n.unchanged,
           n.errors, n.error, n.message, n.fence, n.owner, now() + n.lease * interval '1 s', n.cleaned,
           timestamptz '2026-11-20 10:00:00.123456+05' + n.id * interval '1 minute',
           case when n.status in ('completed', 'error') then timestamptz '2026-11-20 11:00:00.5+05' end,
           'request-' || n.id, w.warnings
      from (values
        (11, 1, 'nomenklatura', 'completed', 5, 5, 3, 1, 1, 1, null, '1C says: "x"', 1, 7, -9, true, '{"a \\" б",b}'),
        (12, 1, 'nomenklatura', 'error', 0, 0, 0, 0, 0, 0, 'no answer', null, 1, 7, -9, true, '{}'),
        (13, 1, 'clients', 'error', 20, 10, 4, 6, 2, 0, 'Cancelled by user 5', null, 2, 7, -9, true, '{}'),
        (14, 1, 'clients', 'error', 0, 0, 0, 0, 0, 0, 'The sync was interrupted 100 times and is given up', null, 101,
         7, -9, true, '{}'),
        (15, 2, 'nomenklatura', 'completed', 0, 0, 0, 0, 0, 0, null, null, 1, 7, 5, false, '{}'),
        (21, 1, 'nomenklatura', 'fetching', 0, 0, 0, 0, 0, 0, null, null, 1, 7, 5, false, '{}'),
        (22, 1, 'nomenklatura', 'fetching', 0, 0, 0, 0, 0, 0, null, null, 0, null, null, false, '{}'),
        (23, 2, 'clients', 'processing', 21, 11, 10, 0, 0, 1, null, null, 3, 7, -9, false, '{}')
      ) n(id, integration, type, status, total, processed, created, updated, unchanged, errors, error, message, fence,
          owner, lease, cleaned, listed)
     cross join lateral (select n.listed::text[] as warnings) w
"""
_BELONGINGS = (
    "insert into sync_item_error (task_id, code, error) values (11, 'C-1', 'too long'), (23, null, 'no code')",
    "insert into sync_chunk values (13, 0, 0, 9, 10, true), (13, 1, 10, 19, 10, false)",
    "insert into sync_chunk values (23, 0, 0, 9, 10, true), (23, 1, 10, 19, 10, false)",
    """
    insert into staged_row (task_id, n, code, payload)
    select t.id, n, 'K-' || n, json_build_object(t.code, 'K-' || n, 'name', 'Name') from generate_series(0, 19) n,
           (values (15, 'code_1c'), (23, 'client_code_1c')) t(id, code)
    """,
    "select setval('sync_task_id_seq', 40)",
)
OLD_HISTORY = """
    select t.id, t.task_id, t.integration_id, i.name as integration_name, t.sync_type, t.status,
           t.total as total_items, t.processed as processed_items, t.created as created_items,
           t.updated as updated_items, t.unchanged as unchanged_items, t.errors as error_items,
           (select coalesce(json_agg(row_to_json(x)), '[]'::json) from (
                select e.code, e.error, to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
                    || '+00:00' as timestamp from sync_item_error e where e.task_id = t.id order by e.id) x
           ) as item_errors, t.error_message as error_details, t.error_message,
           to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00' as created_at,
           to_char(t.completed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00' as end_time
      from sync_task t join integration i on i.id = t.integration_id order by t.id desc
"""


def fill(connection: psycopg.Connection[Any], wsdl_url: str) -> None:
    """A sync in each state, of two integrations with this 1C. Jobs go on with id 41."""
    connection.execute(_PROJECT)
    for name in ("one", "two"):
        connection.execute(_INTEGRATION, [name, wsdl_url])
    for statement in (_SYNCS, *_BELONGINGS):
        connection.execute(statement)
