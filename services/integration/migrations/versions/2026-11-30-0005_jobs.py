"""Keep syncs as jobs: the tables that hold a sync's place in the queue, its numbers and its errors become those of jobs.

The apis and workers of the release before must not run meanwhile.
"""

from alembic import op

from ecatalog.db.sql import compose
from ecatalog.jobs.schema import CREATE_V1, DROP_V1

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_JOBS = """
    insert into job (id, task_id, request_id, queue, task, args, subject, locks, queueing_lock, status, phase,
                     scheduled_at, interruptions, fence, total, processed, created, updated, unchanged, errors,
                     message, error, warnings, created_at, finished_at, cleaned_at)
    overriding system value
    select t.id, t.task_id, t.request_id, 'syncs', 'sync',
           jsonb_build_object('integration_id', t.integration_id, 'sync_type', t.sync_type),
           'integration/' || t.integration_id,
           case t.status when 'fetching' then array[n.lock, 'fetch:' || t.integration_id] else array[n.lock] end,
           n.lock,
           case when t.status = 'completed' then 'succeeded' when t.status <> 'error' then 'todo'
                when t.error_message like 'Cancelled by user %' then 'cancelled' else 'failed' end,
           case when t.status = 'fetching' or t.status = 'error' and t.total = 0 then 'fetch' else 'apply' end,
           t.created_at, case when n.is_finished then 0 else greatest(t.fence - 1, 0) end, t.fence,
           case when t.status in ('fetching', 'error') then nullif(t.total, 0) else t.total end,
           t.processed, t.created, t.updated, t.unchanged, t.errors, t.message, t.error_message,
           array_to_json(t.warnings), t.created_at,
           case when n.is_finished then coalesce(t.completed_at, t.created_at) end,
           case when t.cleaned then coalesce(t.completed_at, t.created_at) end
      from sync_task t
     cross join lateral (
        select 'sync:' || t.integration_id || ':' || t.sync_type as lock,
               t.status in ('completed', 'error') as is_finished
     ) n
     order by t.id
"""
_ERRORS = """
    insert into job_error (id, job_id, code, error, created_at) overriding system value
    select id, task_id, code, error, created_at from sync_item_error order by id
"""
_GO_ON = "select setval('{new}_id_seq', last_value, is_called) from {old}_id_seq"
_COMPARE = """
    do $$ begin
        if (select (count(*), sum(total), sum(processed), sum(created), sum(updated), sum(unchanged), sum(errors),
                    count(*) filter (where status in ('fetching', 'processing')),
                    count(*) filter (where status = 'completed'), count(*) filter (where cleaned)) from sync_task)
           is distinct from
           (select (count(*), sum(coalesce(total, 0)), sum(processed), sum(created), sum(updated), sum(unchanged),
                    sum(errors), count(*) filter (where status = 'todo'),
                    count(*) filter (where status = 'succeeded'), count(cleaned_at)) from job)
        then raise exception 'the jobs do not have the numbers of the syncs';
        end if;
        if (select (count(*), sum(task_id), count(code)) from sync_item_error)
           is distinct from (select (count(*), sum(job_id), count(code)) from job_error)
        then raise exception 'the errors of jobs are not those of the syncs';
        end if;
    end $$
"""
_STATUS = compose(
    "case status when 'succeeded' then 'completed' when 'failed' then 'error' when 'cancelled' then 'error'"
    " else case phase when 'fetch' then 'fetching' when 'apply' then 'processing' else phase end end"
)


def upgrade() -> None:
    for statement in (*CREATE_V1, _JOBS, _ERRORS, _COMPARE):
        op.execute(statement)
    op.execute(_GO_ON.format(new="job", old="sync_task"))
    op.execute(_GO_ON.format(new="job_error", old="sync_item_error"))
    op.execute(f"create index job_sync_status on job (({_STATUS}), id) where task = 'sync'")
    op.execute("alter table staged_row rename column task_id to job_id")
    op.execute("alter table sync_chunk drop constraint sync_chunk_task_id_fkey")
    op.execute("alter table sync_chunk rename column task_id to job_id")
    op.execute("alter table sync_chunk add foreign key (job_id) references job on delete cascade")
    op.execute("drop table sync_item_error")
    op.execute("drop table sync_task")


_SYNC_TASK = """
    create table sync_task (
        id             bigint generated always as identity primary key,
        task_id        uuid not null constraint sync_task_task_id_key unique,
        integration_id bigint not null references integration,
        sync_type      text not null
                       constraint sync_task_sync_type_check check (sync_type in ('nomenklatura', 'clients')),
        status         text not null default 'fetching'
                       constraint sync_task_status_check
                       check (status in ('fetching', 'processing', 'completed', 'error')),
        total          integer not null default 0,
        processed      integer not null default 0,
        created        integer not null default 0,
        updated        integer not null default 0,
        unchanged      integer not null default 0,
        errors         integer not null default 0,
        error_message  text,
        message        text,
        fence          integer not null default 0,
        owner          integer,
        lease_until    timestamptz,
        cleaned        boolean not null default false,
        created_at     timestamptz not null default now(),
        completed_at   timestamptz,
        request_id     text not null default '',
        warnings       text[] not null default '{}',
        constraint sync_task_adds_up check (
            status <> 'completed' or (total = created + updated + errors and processed = total)
        )
    )
"""
_ITEM_ERROR = """
    create table sync_item_error (
        id         bigint generated always as identity primary key,
        task_id    bigint not null references sync_task on delete cascade,
        code       text,
        error      text not null,
        created_at timestamptz not null default clock_timestamp()
    )
"""
_INDEXES = (
    "sync_task_unfinished on sync_task (integration_id, id) where status in ('fetching', 'processing')",
    "sync_task_uncleaned on sync_task (id) where not cleaned",
    "sync_task_integration on sync_task (integration_id, id)",
    "sync_task_status on sync_task (status, id)",
    "sync_item_error_task on sync_item_error (task_id, id)",
)
_SYNCS = compose(
    """
    insert into sync_task (id, task_id, integration_id, sync_type, status, total, processed, created, updated,
                           unchanged, errors, error_message, message, fence, cleaned, created_at, completed_at,
                           request_id, warnings)
    overriding system value
    select id, task_id, (args ->> 'integration_id')::bigint, args ->> 'sync_type', {status}, coalesce(total, 0),
           processed, created, updated, unchanged, errors, error, message, fence, cleaned_at is not null, created_at,
           finished_at, request_id, array(select json_array_elements_text(warnings))
      from job order by id
    """,
    status=_STATUS,
)
_ITEM_ERRORS = """
    insert into sync_item_error (id, task_id, code, error, created_at) overriding system value
    select id, job_id, code, error, created_at from job_error order by id
"""


def downgrade() -> None:
    for statement in (_SYNC_TASK, _ITEM_ERROR, _SYNCS, _ITEM_ERRORS):
        op.execute(statement)
    for index in _INDEXES:
        op.execute(f"create index {index}")
    op.execute(_GO_ON.format(new="sync_task", old="job"))
    op.execute(_GO_ON.format(new="sync_item_error", old="job_error"))
    op.execute("alter table staged_row rename column job_id to task_id")
    op.execute("alter table sync_chunk drop constraint sync_chunk_job_id_fkey")
    op.execute("alter table sync_chunk rename column job_id to task_id")
    op.execute("alter table sync_chunk add foreign key (task_id) references sync_task on delete cascade")
    for statement in DROP_V1:
        op.execute(statement)
