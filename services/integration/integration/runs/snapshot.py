"""What was applied of a stream is remembered: written where it differs, and not for what the catalog did not take."""

from functools import lru_cache

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import Sql, compose, execute

from integration.integrations.kinds import SOAP
from integration.runs.groups import labels_of
from integration.runs.memory import StreamOfRun
from integration.runs.run import Run

_MOVED = """
    delete from source_record r using source_snapshot p
     where r.integration_id = %(integration_id)s and r.stream = %(stream)s
       and p.integration_id = r.integration_id and p.stream = r.stream
       and (p.project_id, p.base) is distinct from (%(project_id)s, %(base)s)
"""
_NOT_TAKEN = compose("select from failed_row f where f.job_id = %(id)s and f.stream = %(stream)s and f.key = r.key")
# A row that was linked anew has left the key that it had; what was not taken counts as changed the next time.
_RELINKED = """
    delete from source_record r using staged_record s
     where s.job_id = %(id)s and s.stream = %(stream)s and s.was = r.key
       and r.integration_id = %(integration_id)s and r.stream = %(stream)s
       and not exists (select from failed_row f where f.job_id = s.job_id and f.stream = s.stream and f.key = s.key)
"""
_DOUBT = compose(
    """
    update source_record r set hash = '' where r.integration_id = %(integration_id)s and r.stream = %(stream)s
       and r.hash <> '' and exists ({not_taken})
    """,
    not_taken=_NOT_TAKEN,
)
# A stand-in never takes the place of a code, and a code that of a stand-in only where the mapping says so.
_MERGE = """
    insert into source_record as r (integration_id, stream, key, scope, hash, code, is_stand_in, is_deleted, groups,
                                    labels)
    select %(integration_id)s, %(stream)s, n.key, n.scope, n.hash, n.code, n.is_stand_in, n.is_deleted, n.groups,
           n.labels
      from (
        select s.key, coalesce(nullif(s.scope, ''), o.scope, '') as scope, s.hash,
               case when k.keeps then o.code else s.code end as code,
               case when k.keeps then o.is_stand_in else s.is_stand_in end as is_stand_in,
               coalesce(s.deleted, o.is_deleted, false) as is_deleted,
               case when s.groups = '{{}}' then coalesce(o.groups, '{{}}') else s.groups end as groups,
               coalesce({labels}, o.labels) as labels, o as before
          from staged_record s
          left join source_record o
            on o.integration_id = %(integration_id)s and o.stream = %(stream)s and o.key = s.key
         cross join lateral (
            select coalesce(o.code is not null and o.is_stand_in <> s.is_stand_in
                            and (s.is_stand_in or not %(replaces)s), false) as keeps
         ) k
          left join group_label g on g.key = coalesce(s.groups[1], o.groups[1])
         where s.job_id = %(id)s and s.stream = %(stream)s and s.payload is not null
      ) n
     where not exists (select from failed_row f
                        where f.job_id = %(id)s and f.stream = %(stream)s and f.key = n.key)
       and ((n.before).key is null
            or ((n.before).scope, (n.before).hash, (n.before).code, (n.before).is_stand_in, (n.before).is_deleted,
                (n.before).is_missing, (n.before).groups, (n.before).labels)
               is distinct from (n.scope, n.hash, n.code, n.is_stand_in, n.is_deleted, false, n.groups, n.labels))
     order by n.key
        on conflict (integration_id, stream, key) do update
       set scope = excluded.scope, hash = excluded.hash, code = excluded.code, is_stand_in = excluded.is_stand_in,
           is_deleted = excluded.is_deleted, is_missing = false, groups = excluded.groups, labels = excluded.labels
"""
_RELABEL = """
    update source_record r set labels = {labels} from group_label g
     where r.integration_id = %(integration_id)s and r.stream = %(stream)s and g.key = r.groups[1]
       and {labels} is not null and {labels} is distinct from r.labels
       and not exists ({not_taken})
"""
_SNAPSHOT = """
    insert into source_snapshot as p (integration_id, stream, is_stale, full_at, mapping_version, project_id, base)
    select %(integration_id)s, %(stream)s, t.is_undeliverable, case when %(is_full)s and t.errors = 0 then now() end,
           %(version)s, %(project_id)s, %(base)s
      from sync_stream t where t.job_id = %(id)s and t.stream = %(stream)s
        on conflict (integration_id, stream) do update
       set is_stale = excluded.is_stale or p.is_stale and not %(heals)s,
           full_at = coalesce(excluded.full_at, p.full_at), mapping_version = excluded.mapping_version,
           project_id = excluded.project_id, base = excluded.base
     where (p.is_stale, p.mapping_version, p.project_id, p.base) is distinct from
           (excluded.is_stale or p.is_stale and not %(heals)s, excluded.mapping_version, excluded.project_id,
            excluded.base)
        or excluded.full_at is not null
"""


async def remember(connection: Transaction, run: Run, stream: StreamOfRun) -> None:
    """Bring the memory of a stream up to what a run has applied."""
    about = run.key | stream.key | {"replaces": run.replaces_stand_ins(stream.name)}
    labels = labels_of(run.mapping, stream.name)
    for statement in (_MOVED, _RELINKED, _DOUBT, _merge(labels), _relabel(labels)):
        await execute(connection, statement, about)
    # A service is read whole each time; of a set's list nobody knows before its end whether all of it came.
    is_full = stream.sends_all and run.job.args.set_id is None
    heals = is_full or (run.kind == SOAP and not stream.skips)
    await execute(connection, _SNAPSHOT, about | {"is_full": is_full, "heals": heals})


@lru_cache(maxsize=10)
def _merge(labels: Sql) -> Sql:
    return compose(_MERGE, labels=labels)


@lru_cache(maxsize=10)
def _relabel(labels: Sql) -> Sql:
    return compose(_RELABEL, labels=labels, not_taken=_NOT_TAKEN)
