"""Keep what is asked about descriptions as jobs, and let claims of rows belong to them."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OURS = "j.task in ('describe', 'clear') and j.queue <> 'here'"
"""Jobs that users asked for; those of commands had no counterpart."""

JOBS = r"""
    insert into job (task_id, user_id, request_id, queue, task, args, subject, status, phase, total, processed, updated,
                     skipped, errors, counters, error, created_at, finished_at, cleaned_at)
    select t.task_id, t.user_id, t.request_id, case when t.total <= 50 then 'describe.small' else 'describe' end,
           case t.action when 'enrich' then 'describe' else t.action end,
           jsonb_build_object('kind', t.kind) || case t.action when 'clear' then '{}' else jsonb_build_object(
               'language', t.language, 'overwrite', t.overwrite, 'review', t.review, 'max_tokens', t.max_tokens) end,
           t.kind,
           case when t.status = 'completed' then 'succeeded' when t.status <> 'error' then 'todo'
                when t.error_message ~ '^Cancelled by user \d+\.$' then 'cancelled' else 'failed' end,
           case t.status when 'fetching' then 'fetch' else 'apply' end, t.total, t.processed, t.done, t.skipped,
           t.errors, jsonb_build_object('prompt_tokens', t.prompt_tokens, 'completion_tokens', t.completion_tokens),
           t.error_message, t.created_at, t.completed_at,
           case when not exists (select from description_todo d where d.task_id = t.id) then t.completed_at end
      from description_task t
     order by t.id
"""
ERRORS = """
    insert into job_error (job_id, code, error, created_at)
    select j.id, e.code, e.error, e.created_at
      from description_error e join description_task t on t.id = e.task_id join job j on j.task_id = t.task_id
     order by e.id
"""
# Nobody works on a row while this runs.
FREE = (
    """
    update nomenklatura t set enrichment_status = c.status_before
      from description_claim c
     where c.kind = 'nomenklatura' and c.row_id = t.id and t.enrichment_status = 'IN_PROGRESS'
       and c.status_before <> 'IN_PROGRESS'
    """,
    "delete from description_claim",
)
CLAIMS_OF_JOBS = """
    alter table description_claim drop column holder, drop column until,
        add column job_id bigint not null, add column fence bigint not null
"""
CLAIMS_OF_HOLDERS = """
    alter table description_claim drop column job_id, drop column fence,
        add column holder uuid not null, add column until timestamptz not null
"""

_LINK = (
    "alter table description_todo drop constraint description_todo_pkey, drop constraint description_todo_{old}_fkey",
    """
    update description_todo p set {old} = {new_id}
      from description_task t join job j on j.task_id = t.task_id where p.{old} = {old_id}
    """,
    "alter table description_todo rename column {old} to {new}",
    """
    alter table description_todo add primary key ({new}, row_id),
        add constraint description_todo_{new}_fkey foreign key ({new}) references {target} (id) on delete cascade
    """,
)

_SUMS = (
    "coalesce(sum(total), 0), coalesce(sum(processed), 0), coalesce(sum({done}), 0), coalesce(sum(skipped), 0),"
    " coalesce(sum(errors), 0)"
)
TASKS_IN_ALL = f"""
    select count(*), count(*) filter (where status in ('fetching', 'processing')),
           count(*) filter (where status = 'completed'), {_SUMS.format(done="done")},
           coalesce(sum(prompt_tokens + completion_tokens), 0), (select count(*) from description_error)
      from description_task
"""  # noqa: S608 - a constant
JOBS_IN_ALL = f"""
    select count(*), count(*) filter (where status in ('todo', 'doing')),
           count(*) filter (where status = 'succeeded'), {_SUMS.format(done="updated")},
           coalesce(sum(coalesce((counters ->> 'prompt_tokens')::bigint, 0)
                        + coalesce((counters ->> 'completion_tokens')::bigint, 0)), 0),
           (select count(*) from job_error e join job j on j.id = e.job_id where {OURS})
      from job j where {OURS}
"""  # noqa: S608 - a constant

OLD_TASK = """
    create table description_task (
        id                bigint      generated always as identity primary key,
        task_id           uuid        not null,
        kind              text        not null,
        action            text        not null,
        user_id           bigint      not null,
        language          text        not null,
        overwrite         boolean     not null,
        review            boolean     not null,
        max_tokens        bigint,
        request_id        text        not null default '',
        status            text        not null default 'fetching',
        total             integer     not null default 0,
        processed         integer     not null default 0,
        done              integer     not null default 0,
        skipped           integer     not null default 0,
        errors            integer     not null default 0,
        prompt_tokens     bigint      not null default 0,
        completion_tokens bigint      not null default 0,
        error_message     text,
        holder            uuid,
        leased_until      timestamptz,
        created_at        timestamptz not null default now(),
        completed_at      timestamptz,
        constraint description_task_task_id_key unique (task_id),
        constraint description_task_action_check check (action in ('enrich', 'clear')),
        constraint description_task_status_check check (status in ('fetching', 'processing', 'completed', 'error')),
        constraint description_task_adds_up check (
            processed = done + skipped + errors and (status <> 'completed' or processed = total)
        )
    )
"""
OLD_ERROR = """
    create table description_error (
        id         bigint      generated always as identity primary key,
        task_id    bigint      not null references description_task (id) on delete cascade,
        code       text,
        error      text        not null,
        created_at timestamptz not null default clock_timestamp()
    )
"""
OLD_INDEXES = (
    "create index description_task_unfinished on description_task (id) where status in ('fetching', 'processing')",
    "create index description_task_created on description_task (created_at)",
    "create index description_error_task on description_error (task_id, id)",
)
TASKS = f"""
    insert into description_task (task_id, kind, action, user_id, language, overwrite, review, max_tokens, request_id,
                                  status, total, processed, done, skipped, errors, prompt_tokens, completion_tokens,
                                  error_message, created_at, completed_at)
    select j.task_id, j.args ->> 'kind', case j.task when 'describe' then 'enrich' else j.task end, j.user_id,
           coalesce(j.args ->> 'language', 'uz'), coalesce((j.args ->> 'overwrite')::boolean, false),
           coalesce((j.args ->> 'review')::boolean, false), (j.args ->> 'max_tokens')::bigint, j.request_id,
           case when j.status = 'succeeded' then 'completed' when j.status in ('failed', 'cancelled') then 'error'
                when j.phase = 'fetch' then 'fetching' else 'processing' end,
           j.total, j.processed, j.updated, j.skipped, j.errors, coalesce((j.counters ->> 'prompt_tokens')::bigint, 0),
           coalesce((j.counters ->> 'completion_tokens')::bigint, 0), j.error, j.created_at, j.finished_at
      from job j where {OURS}
     order by j.id
"""  # noqa: S608 - a constant
OLD_ERRORS = """
    insert into description_error (task_id, code, error, created_at)
    select t.id, e.code, e.error, e.created_at
      from job_error e join job j on j.id = e.job_id join description_task t on t.task_id = j.task_id
     order by e.id
"""


def upgrade() -> None:
    for statement in (JOBS, ERRORS):
        op.execute(statement)
    _compare()
    _link(old="task_id", new="job_id", old_id="t.id", new_id="j.id", target="job")
    for statement in (*FREE, CLAIMS_OF_JOBS):
        op.execute(statement)
    op.execute("drop table description_error, description_task")


def downgrade() -> None:
    for statement in (OLD_TASK, OLD_ERROR, *OLD_INDEXES, TASKS, OLD_ERRORS):
        op.execute(statement)
    _compare()
    _link(old="job_id", new="task_id", old_id="j.id", new_id="t.id", target="description_task")
    for statement in (*FREE, CLAIMS_OF_HOLDERS):
        op.execute(statement)
    op.execute("delete from job where task in ('describe', 'clear')")


def _compare() -> None:
    """Raise when something was lost on the way from one side to the other."""
    tasks, jobs = (tuple(op.get_bind().exec_driver_sql(sql).one()) for sql in (TASKS_IN_ALL, JOBS_IN_ALL))
    if tasks != jobs:
        raise RuntimeError(f"descriptions as tasks and as jobs differ: {tasks} and {jobs}")


def _link(**names: str) -> None:
    """Have rows to describe belong to what they belonged to, on the other side."""
    for statement in _LINK:
        op.execute(statement.format(**names))
