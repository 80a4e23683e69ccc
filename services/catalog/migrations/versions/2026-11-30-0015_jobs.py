"""Keep imports as jobs: their tasks, their rejected rows, their files and the marks of their chunks."""

from alembic import op
from ecatalog.jobs.schema import CREATE_V1, DROP_V1

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# An import whose rows were not counted yet has no total.
UNCOUNTED = "(t.status = 'fetching' or t.status = 'error' and t.total = 0)"
JOBS = f"""
    insert into job (task_id, user_id, request_id, queue, task, args, status, phase, interruptions, total, processed,
                     created, updated, unchanged, errors, error, result, created_at, finished_at, cleaned_at)
    select t.task_id, t.user_id, t.request_id, 'imports', 'import',
           jsonb_build_object('kind', t.kind, 'project_id', t.project_id, 'any_project', t.any_project,
                              'regions', t.regions, 'dry_run', t.dry_run),
           case t.status when 'completed' then 'succeeded' when 'error' then 'failed' else 'todo' end,
           case when {UNCOUNTED} then 'fetch' else 'apply' end, t.attempts,
           case when {UNCOUNTED} then null else t.total end, t.processed, t.created, t.updated, t.unchanged, t.errors,
           t.refusal::json -> 'body' ->> 'error', t.refusal::json, t.created_at, t.completed_at,
           case when not exists (select from import_file f where f.task_id = t.id)
                 and not exists (select from import_chunk c where c.task_id = t.id) then t.completed_at end
      from import_task t
     order by t.id
"""  # noqa: S608 - a constant
ERRORS = """
    insert into job_error (job_id, row, code, error, details, created_at)
    select j.id, e.row, e.code, coalesce(e.errors -> 0 ->> 'error', ''),
           json_build_object('errors', e.errors, 'cells', e.cells), e.created_at
      from import_error e join import_task t on t.id = e.task_id join job j on j.task_id = t.task_id
     order by j.id, e.row
"""
PARTS = {"import_file": "n", "import_chunk": "chunk"}
"""Tables of what belongs to an import, and what tells its rows apart."""

_UNLINK = "alter table {table} drop constraint {table}_pkey, drop constraint {table}_{old}_fkey"
_POINT = """
    update {table} p set {old} = {new_id}
      from import_task t join job j on j.task_id = t.task_id
     where p.{old} = {old_id}
"""
_RENAME = "alter table {table} rename column {old} to {new}"
_LINK = """
    alter table {table} add primary key ({new}, {part}),
        add constraint {table}_{new}_fkey foreign key ({new}) references {target} (id) on delete cascade
"""

_SUMS = "coalesce(sum(processed), 0), coalesce(sum(created), 0), coalesce(sum(updated), 0)"
_COUNTED = f"{_SUMS}, coalesce(sum(unchanged), 0), coalesce(sum(errors), 0), coalesce(sum(total), 0)"
TASKS_IN_ALL = f"""
    select count(*), count(*) filter (where status in ('fetching', 'processing')),
           count(*) filter (where status = 'completed'), {_COUNTED}, (select count(*) from import_error)
      from import_task
"""  # noqa: S608 - a constant
JOBS_IN_ALL = f"""
    select count(*), count(*) filter (where status in ('todo', 'doing')),
           count(*) filter (where status = 'succeeded'), {_COUNTED},
           (select count(*) from job_error e join job j on j.id = e.job_id where j.task = 'import')
      from job where task = 'import'
"""  # noqa: S608 - a constant

OLD_TASK = """
    create table import_task (
        id            bigint      generated always as identity primary key,
        task_id       uuid        not null,
        kind          text        not null,
        user_id       bigint      not null,
        project_id    bigint,
        any_project   boolean     not null,
        regions       text[],
        dry_run       boolean     not null default false,
        status        text        not null,
        total         integer     not null default 0,
        processed     integer     not null default 0,
        created       integer     not null default 0,
        updated       integer     not null default 0,
        unchanged     integer     not null default 0,
        errors        integer     not null default 0,
        attempts      integer     not null default 0,
        refusal       text,
        created_at    timestamptz not null default now(),
        completed_at  timestamptz,
        request_id    text        not null default '',
        constraint import_task_task_id_key unique (task_id),
        constraint import_task_status_check check (status in ('fetching', 'processing', 'completed', 'error')),
        constraint import_task_adds_up
            check (status <> 'completed' or (total = created + updated + errors and processed = total))
    )
"""
OLD_ERROR = """
    create table import_error (
        task_id    bigint      not null references import_task (id) on delete cascade,
        row        integer     not null,
        code       text,
        errors     json        not null,
        cells      json        not null,
        created_at timestamptz not null default clock_timestamp(),
        primary key (task_id, row)
    )
"""
OLD_INDEXES = (
    "create index import_task_unfinished on import_task (id) where status in ('fetching', 'processing')",
    "create index import_task_created on import_task (created_at)",
)
TASKS = """
    insert into import_task (task_id, kind, user_id, project_id, any_project, regions, dry_run, status, total,
                             processed, created, updated, unchanged, errors, attempts, refusal, created_at,
                             completed_at, request_id)
    select j.task_id, j.args ->> 'kind', j.user_id, (j.args ->> 'project_id')::bigint,
           (j.args ->> 'any_project')::boolean,
           case when jsonb_typeof(j.args -> 'regions') = 'array'
                then array(select jsonb_array_elements_text(j.args -> 'regions')) end,
           (j.args ->> 'dry_run')::boolean,
           case when j.status = 'succeeded' then 'completed' when j.status in ('failed', 'cancelled') then 'error'
                when j.phase = 'fetch' then 'fetching' else 'processing' end,
           coalesce(j.total, 0), j.processed, j.created, j.updated, j.unchanged, j.errors, j.interruptions,
           case when j.status in ('failed', 'cancelled') then coalesce(
               j.result, json_build_object('status', 500, 'body', json_build_object('error', j.error)))::text end,
           j.created_at, j.finished_at, j.request_id
      from job j where j.task = 'import'
     order by j.id
"""
OLD_ERRORS = """
    insert into import_error (task_id, row, code, errors, cells, created_at)
    select t.id, e.row, e.code, e.details -> 'errors', e.details -> 'cells', e.created_at
      from job_error e join job j on j.id = e.job_id join import_task t on t.task_id = j.task_id
"""


def upgrade() -> None:
    for statement in (*CREATE_V1, JOBS, ERRORS):
        op.execute(statement)
    _compare()
    for table, part in PARTS.items():
        _link(table, part, old="task_id", new="job_id", old_id="t.id", new_id="j.id", target="job")
    op.execute("drop table import_error, import_task")


def downgrade() -> None:
    for statement in (OLD_TASK, OLD_ERROR, *OLD_INDEXES, TASKS, OLD_ERRORS):
        op.execute(statement)
    _compare()
    for table, part in PARTS.items():
        _link(table, part, old="job_id", new="task_id", old_id="j.id", new_id="t.id", target="import_task")
    for statement in DROP_V1:
        op.execute(statement)


def _compare() -> None:
    """Raise when something was lost on the way from one side to the other."""
    tasks, jobs = (tuple(op.get_bind().exec_driver_sql(sql).one()) for sql in (TASKS_IN_ALL, JOBS_IN_ALL))
    if tasks != jobs:
        raise RuntimeError(f"imports as tasks and as jobs differ: {tasks} and {jobs}")


def _link(table: str, part: str, **names: str) -> None:
    """Have the rows of a table belong to the same imports on the other side."""
    for statement in (_UNLINK, _POINT, _RENAME, _LINK):
        op.execute(statement.format(table=table, part=part, **names))
