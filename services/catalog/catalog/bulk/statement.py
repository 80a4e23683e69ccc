"""The statement that writes rows of which each names the stored row it means."""

from functools import lru_cache

from ecatalog.entities.entity import Entity

from catalog.chunks.upsert import NULLS, merged, new_value

# Changed rows are locked in the order of their codes, as chunks do, so that writers wait for each other instead of
# ending in a deadlock. A code that somebody else inserts meanwhile is left out, and looked up again by the caller.
_WRITE = """
    with incoming as materialized (
        select * from json_to_recordset(%(rows)s::json) as r(found bigint, {definition})
    ), matched as materialized (
        select i.*, row({current}) is distinct from row({merged}) as changed
          from incoming i cross join lateral (select {written} from {table} where id = i.found limit 1) t
    ), locked as materialized (
        select t.id from matched m join {table} t on t.id = m.found
         where m.changed order by m.{code} for no key update of t
    ), updated as (
        update {table} t set {assignments}, updated_at = now()
          from locked l join matched i on i.found = l.id where t.id = l.id returning t.id
    ), inserted as (
        insert into {table} ({columns})
        select {values} from incoming i where i.found is null order by i.{code}
        on conflict ({unique}) do nothing returning id, {code} as code, {project} as project_id
    )
    select (select coalesce(json_agg(json_build_array(id, code, project_id)), '[]'::json) from inserted),
           array(select id from updated)
"""

_PROJECT = "project_id"


@lru_cache(maxsize=256)
def write_sql(entity: Entity, columns: tuple[str, ...], with_nulls: frozenset[str]) -> str:
    """Insert or update the rows ``%(rows)s`` (JSON), each with the id ``found`` or as a new one.

    ``columns`` are those that at least one row has, the code among them; ``with_nulls`` those that a row sets to
    null. Gives [id, code, project] of each created row, and the ids of the changed ones.
    """
    written = [name for name in columns if name != entity.code] or [entity.code]
    own = (_PROJECT, *columns) if entity.scope else columns
    nulls = f", {NULLS} text[]" if with_nulls else ""
    return _WRITE.format(
        table=entity.name,
        code=entity.code,
        unique=entity.unique,
        project="project_id" if entity.scope else "null::bigint",
        definition=", ".join(f"{name} {entity.types[name]}" for name in own) + nulls,
        written=", ".join(written),
        columns=", ".join(own),
        values=", ".join(new_value(name, entity.defaults, with_nulls) for name in own),
        current=", ".join(f"t.{name}" for name in written),
        merged=", ".join(merged(name, with_nulls) for name in written),
        assignments=", ".join(f"{name} = {merged(name, with_nulls)}" for name in written),
    )
