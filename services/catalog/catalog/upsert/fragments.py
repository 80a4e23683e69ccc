"""Holds each part of the statements that write rows once; ``statements`` puts them together.

Where one row is written it is ``t``, the stored one is ``u`` and what was sent of a new one ``r``. Where many are,
``t`` is a stored row and ``i`` an incoming one. Beside columns that may hold ``row_id``, of the stored row, and
``nulls``. A column that it does not have keeps its value, or takes its default in a new row. The names in ``nulls``
distinguish that from null, because PostgreSQL reads both as null from JSON.
"""

from ecatalog.contracts.integration import METADATA_OF_1C
from ecatalog.db.sql import Ident, Sql, compose, literal
from ecatalog.entities.entity import Entity

LIVE_PROJECT = "({project} is null or exists (select from project p where p.id = {project} and not p.is_deleted))"

NAMED = "named as (select min(t.id) as id from {table} t where {where} having count(*) = 1)"
CREATED = """
    t as (
        insert into {table} ({columns})
        select {columns} from json_populate_record(null::{table}, %(row)s::json) r where {allowed}
        on conflict ({unique}) do nothing returning *
    )
"""
CHANGED = "t as (update {table} u set {assigned} from named where u.id = named.id and {allowed} returning u.*)"
SENT = "({columns}, updated_at) = (select {columns}, clock_timestamp() from json_populate_record(u, %(row)s::json))"
HIDDEN = "is_deleted = true, updated_at = clock_timestamp()"
# Pictures up to now are left behind.
RENEWED = """
    ({columns}, images_after, created_at, updated_at) = (
        select {columns}, coalesce((select max(image_id) from image), 0), now(), now()
          from json_populate_record(null::{table}, %(row)s::json)
    )
"""

EVENT = """
    event as (
        insert into outbox (type, key, data, request_id, traceparent)
        select %(type)s, {key}::text, json_build_object('rows', {rows}), %(request)s, %(trace)s from {source}
    )
"""
# They are rendered once, before they are cut into parts: rendering is most of the work.
SHOWN = "shown as materialized (select t.id, {row} as row from {table} t where t.id = any(%(ids)s))"
# Rows in the order of their ids, cut where their running length passes a multiple of the limit.
PARTS = """
    (select id, row, sum(octet_length(row::text)) over (order by id) / %(limit)s as part from shown) s
    group by part order by part
"""

INCOMING = "incoming as materialized (select * from json_to_recordset(%(rows)s::json) as r({definition}))"
# Each row is looked up by the index, which the limit makes sure of: the number of rows of a project, in a table that
# grows while its statistics do not, must not matter.
MATCHED = """
    matched as materialized (
        select i.*, t.id as stored, row({current}) is distinct from row({merged}) as changed
          from incoming i left join lateral (select id, {written} from {table} where {is_meant} limit 1) t on true
    )
"""
# Changed rows are locked in the order of their codes before they are written: two writers with rows in common wait for
# each other instead of ending in a deadlock. Rows that stay as they are get neither lock nor write.
LOCKED = """
    locked as materialized (
        select t.id from matched m join {table} t on t.id = m.stored
         where m.changed order by m.{code}, t.id for no key update of t
    )
"""
UPDATED = """
    updated as (
        update {table} t set {assigned}, updated_at = now()
          from locked l join matched i on i.stored = l.id where t.id = l.id returning t.id
    )
"""
INSERTED = """
    inserted as (
        insert into {table} ({inserted}) select {values} from matched i where {is_new} order by i.{code}
        {unless_exists} returning id, {code} as code, {scope} as scope
    )
"""
OUTCOME = """
    select array(select id from inserted), array(select code from inserted), array(select scope from inserted),
           array(select id from updated),
           set_config('catalog.keys_follow', case when exists (select from inserted) then 'yes' else '' end, true)
"""
# The database makes the keys that did not come. What is inserted afterwards it enters by itself again.
ENTRIES = """
    with entered as (
        insert into {table}_search_recent (id, created_at, key)
        select k.id, (t.row).created_at, coalesce(k.key, {table}_search_key(t.row))
          from unnest(%(ids)s::bigint[], %(keys)s::text[]) k(id, key)
          cross join lateral (select n as row from {table} n where n.id = k.id and not n.is_deleted offset 0) t
    )
    select set_config('catalog.keys_follow', '', true)
"""


# A new code that somebody else inserts meanwhile is left out when rows come by id, for the caller to match it again.
# When they come by code it is an error, and the halves find it.
BY_ID = {
    "is_meant": "id = i.row_id", "is_new": "i.row_id is null", "unless_exists": "on conflict ({unique}) do nothing",
}  # fmt: skip
BY_CODE = {
    "is_meant": "{code} = i.{code} and {scope} = %(scope)s", "is_new": "i.stored is null", "unless_exists": "",
}  # fmt: skip


def merged(name: str, nulls: frozenset[str]) -> Sql:
    """Give the value of a stored row after the incoming one."""
    return _unless_null(name, compose("coalesce(i.{name}, t.{name})", name=Ident(name)), nulls)


def new_value(name: str, entity: Entity, nulls: frozenset[str]) -> Sql:
    """Give the value of a new row."""
    value = compose("i.{name}", name=Ident(name))
    if default := entity.defaults.get(name):
        value = compose("coalesce({value}, {default})", value=value, default=default)
    return _unless_null(name, value, nulls)


def with_part_of_1c(value: Sql) -> Sql:
    """Lay what 1C says of its part of the metadata over a value, whose other keys stay as people wrote them."""
    return compose(
        """
        case when i.{part} is null or jsonb_typeof(coalesce({value}, '{{}}')) <> 'object' then {value}
             else coalesce({value}, '{{}}') || jsonb_build_object('1c',
                  case jsonb_typeof({value} -> '1c') when 'object' then {value} -> '1c' else '{{}}' end || i.{part}) end
        """,
        part=Ident(METADATA_OF_1C), value=value,
    )  # fmt: skip


def _unless_null(name: str, value: Sql, nulls: frozenset[str]) -> Sql:
    if name not in nulls:
        return value
    return compose("case when {name} = any(i.nulls) then null else {value} end", name=literal(name), value=value)
