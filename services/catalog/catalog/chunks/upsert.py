"""The statement that writes the rows of a chunk.

A column that a row does not have keeps its value, or takes its default in a new row. That is told from null by the
row's list of ``nulls``, because PostgreSQL reads both as null from JSON.
"""

from collections.abc import Mapping
from functools import lru_cache

from ecatalog.entities.entity import Entity

NULLS = "nulls"

# Each row is looked up by the index, which the limit makes sure of: the number of rows of a project, in a table that
# grows while its statistics do not, must not matter.
# Changed rows are locked in the order of their codes before they are written: two chunks with rows in common wait for
# each other instead of ending in a deadlock. Rows that stay as they are get neither lock nor write.
_UPSERT = """
    with incoming as materialized (
        select * from json_to_recordset(%(rows)s::json) as r({definition})
    ), matched as materialized (
        select i.*, t.id as found, row({current}) is distinct from row({merged}) as changed
          from incoming i left join lateral (
            select id, {written} from {table} where {code} = i.{code} and project_id = %(project)s limit 1
          ) t on true
    ), locked as materialized (
        select t.id from matched m join {table} t on t.id = m.found
         where m.changed order by m.{code} for no key update of t
    ), updated as (
        update {table} t set {assignments}, updated_at = now()
          from locked l join matched i on i.found = l.id where t.id = l.id returning t.id
    ), inserted as (
        insert into {table} (project_id, {columns})
        select %(project)s, {values} from matched i where i.found is null order by i.{code} returning id
    )
    select array(select id from inserted), array(select id from updated),
           (select count(*) from matched where found is not null)
"""


@lru_cache(maxsize=256)
def upsert_sql(entity: Entity, columns: tuple[str, ...], with_nulls: frozenset[str]) -> str:
    """Insert or update the rows ``%(rows)s`` (JSON) of the project ``%(project)s``.

    ``columns`` are those that at least one row has, the code among them; ``with_nulls`` those that a row sets to
    null. Gives the ids of the created and of the changed rows, and how many rows existed.
    """
    written = [name for name in columns if name != entity.code] or [entity.code]
    nulls = f", {NULLS} text[]" if with_nulls else ""
    return _UPSERT.format(
        table=entity.name,
        written=", ".join(written),
        code=entity.code,
        definition=", ".join(f"{name} {entity.types[name]}" for name in columns) + nulls,
        columns=", ".join(columns),
        values=", ".join(new_value(name, entity.defaults, with_nulls) for name in columns),
        current=", ".join(f"t.{name}" for name in written),
        merged=", ".join(merged(name, with_nulls) for name in written),
        assignments=", ".join(f"{name} = {merged(name, with_nulls)}" for name in written),
    )


def merged(name: str, with_nulls: frozenset[str]) -> str:
    """What a stored row ``t`` holds after the incoming row ``i``."""
    return _unless_null(name, f"coalesce(i.{name}, t.{name})", with_nulls)


def new_value(name: str, defaults: Mapping[str, str], with_nulls: frozenset[str]) -> str:
    """What a new row holds, made of the incoming row ``i``."""
    default = defaults.get(name)
    return _unless_null(name, f"coalesce(i.{name}, {default})" if default else f"i.{name}", with_nulls)


def _unless_null(name: str, value: str, with_nulls: frozenset[str]) -> str:
    return f"case when '{name}' = any(i.{NULLS}) then null else {value} end" if name in with_nulls else value
