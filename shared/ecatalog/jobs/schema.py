"""The tables of jobs, as a migration of each service that has some creates them."""

from ecatalog.db.sql import compose
from ecatalog.jobs.liveness import HELD

UNFINISHED = compose("status in ('todo', 'doing')")

# `row_to_json` renders json as it was written and jsonb with spaces: what clients are shown is json.
_JOB = """
    create table job (
        id            bigint      generated always as identity primary key,
        task_id       uuid        not null unique,
        user_id       bigint,
        request_id    text        not null default '',
        traceparent   text        not null default '',
        queue         text        not null,
        task          text        not null,
        args          jsonb       not null,
        subject       text        not null default '',
        priority      integer     not null default 0,
        locks         text[]      not null default '{}',
        queueing_lock text,
        status        text        not null default 'todo',
        phase         text        not null default '',
        scheduled_at  timestamptz not null default now(),
        interruptions integer     not null default 0,
        failures      integer     not null default 0,
        fence         bigint      not null default 0,
        worker_id     integer,
        lease_until   timestamptz,
        total         integer,
        processed     integer     not null default 0,
        created       integer     not null default 0,
        updated       integer     not null default 0,
        unchanged     integer     not null default 0,
        skipped       integer     not null default 0,
        errors        integer     not null default 0,
        counters      jsonb       not null default '{}',
        message       text,
        error         text,
        warnings      json        not null default '[]',
        result        json,
        created_at    timestamptz not null default now(),
        started_at    timestamptz,
        finished_at   timestamptz,
        cleaned_at    timestamptz,
        constraint job_status_check check (status in ('todo', 'doing', 'succeeded', 'failed', 'cancelled')),
        constraint job_finished_check check ((status in ('todo', 'doing')) = (finished_at is null)),
        constraint job_adds_up check (
            status <> 'succeeded' or (processed = total and total = created + updated + skipped + errors)
        )
    )
"""
_ERROR = """
    create table job_error (
        id         bigint      generated always as identity primary key,
        job_id     bigint      not null references job (id) on delete cascade,
        row        integer,
        code       text,
        error      text        not null,
        details    json,
        created_at timestamptz not null default clock_timestamp()
    )
"""
_IS_HELD = compose(
    """
    create function job_is_held(of_job bigint, with_fence bigint) returns boolean language sql volatile as
    $$ select exists (select from job j where j.id = of_job and j.fence = with_fence and {held}) $$
    """,
    held=HELD,
)

CREATE_V1 = (
    _JOB,
    _ERROR,
    f"create index job_queue on job (queue, priority desc, id) where {UNFINISHED}",
    "create index job_doing on job (queue) where status = 'doing'",
    f"create index job_locks on job using gin (locks) with (fastupdate = off) where {UNFINISHED}",
    f"create index job_queueing_lock on job (queueing_lock, id) where {UNFINISHED}",
    "create index job_subject on job (task, subject, id)",
    f"create index job_finished_at on job (finished_at) where not ({UNFINISHED})",
    f"create index job_uncleaned on job (id) where not ({UNFINISHED}) and cleaned_at is null",
    "create index job_error_job on job_error (job_id, row, id)",
    _IS_HELD,
)

DROP_V1 = (
    "drop function job_is_held",
    "drop table job_error",
    "drop table job",
)

TABLES = frozenset({"job", "job_error"})

# `next_at` is the due time that is to be started; a worker looks at it from `look_at` on, which is later where it could
# not be started when it was due.
_SCHEDULE = """
    create table job_schedule (
        id            bigint      generated always as identity primary key,
        task          text        not null,
        subject       text        not null,
        args          jsonb       not null,
        every_minutes integer,
        cron          text,
        time_zone     text        not null,
        is_active     boolean     not null,
        active_since  timestamptz not null,
        next_at       timestamptz,
        look_at       timestamptz,
        due_at        timestamptz,
        last_at       timestamptz,
        last_jobs     bigint[]    not null default '{}',
        missed        integer     not null default 0,
        created_at    timestamptz not null default now(),
        updated_at    timestamptz not null default now(),
        constraint job_schedule_one_timing check (num_nonnulls(every_minutes, cron) = 1),
        constraint job_schedule_minutes check (every_minutes > 0),
        constraint job_schedule_next check (not is_active or num_nonnulls(next_at, look_at) = 2)
    )
"""

SCHEDULES_V1 = (
    _SCHEDULE,
    "create index job_schedule_due on job_schedule (look_at, id) where is_active",
    "create index job_schedule_subject on job_schedule (task, subject, id)",
)

DROP_SCHEDULES_V1 = ("drop table job_schedule",)

SCHEDULE_TABLES = frozenset({"job_schedule"})
