"""Make the tables of jobs, and a job of each file whose sizes are to be made or cannot be made."""

from alembic import op
from ecatalog.jobs.schema import CREATE_V1, DROP_V1

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What was given up keeps its error; what waits, its attempts and the time of the next.
COPY = """
    insert into job (task_id, queue, task, args, subject, queueing_lock, status, failures, scheduled_at, error,
                     finished_at)
    select uuidv7(), 'renditions', 'render', jsonb_build_object('file_id', id), 'file/' || id, 'file/' || id,
           case when error is null then 'todo' else 'failed' end, attempts, next_attempt, error,
           case when error is not null then now() end
      from file where not is_rendered order by next_attempt, id
"""
CHECK = """
    do $$
    declare
        files bigint[] := (select array[count(*) filter (where error is null), count(error), coalesce(sum(attempts), 0)]
                             from file where not is_rendered);
        jobs  bigint[] := (select array[count(*) filter (where status = 'todo'), count(*) filter (where status = 'failed'),
                                        coalesce(sum(failures), 0)] from job);
    begin
        if files <> jobs then
            raise exception 'files that wait, were given up, and their attempts: %, but of jobs: %', files, jobs;
        end if;
    end $$
"""
DROP = (
    "drop trigger wake on file",
    "drop function file_wake",
    "drop index file_unrendered",
    "alter table file drop column attempts, drop column next_attempt",
)
BACK = (
    """
    alter table file add column attempts integer not null default 0,
                     add column next_attempt timestamptz not null default clock_timestamp()
    """,
    """
    update file f set attempts = j.failures, next_attempt = j.scheduled_at
      from job j where j.task = 'render' and j.subject = 'file/' || f.id and not f.is_rendered
       and (j.status = 'failed') = (f.error is not null)
    """,
    "create index file_unrendered on file (next_attempt) where not is_rendered and error is null",
    """
    create function file_wake() returns trigger language plpgsql as
    $$ begin perform pg_notify('renditions', ''); return null; end $$
    """,
    "create trigger wake after insert or update of is_rendered on file for each statement execute function file_wake()",
)


def upgrade() -> None:
    for statement in (*CREATE_V1, COPY, CHECK, *DROP):
        op.execute(statement)


def downgrade() -> None:
    for statement in (*BACK, *DROP_V1):
        op.execute(statement)
