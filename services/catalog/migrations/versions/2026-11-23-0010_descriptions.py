"""Keep what a model wrote, which rows are being described, and the tasks that ask for descriptions."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CLAIM = """
    create table description_claim (
        kind          text        not null,
        row_id        bigint      not null,
        holder        uuid        not null,
        until         timestamptz not null,
        status_before text,
        primary key (kind, row_id)
    )
"""

GENERATED = """
    create table generated_description (
        kind              text             not null,
        row_id            bigint           not null,
        is_draft          boolean          not null,
        description       text             not null,
        language          text             not null,
        model             text             not null,
        prompt_tokens     integer          not null,
        completion_tokens integer          not null,
        seconds           double precision not null,
        created_at        timestamptz      not null default clock_timestamp(),
        primary key (kind, row_id, is_draft)
    )
"""

TASK = """
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

ROWS = """
    create table description_todo (
        task_id bigint not null references description_task (id) on delete cascade,
        row_id  bigint not null,
        primary key (task_id, row_id)
    )
"""

ERROR = """
    create table description_error (
        id         bigint      generated always as identity primary key,
        task_id    bigint      not null references description_task (id) on delete cascade,
        code       text,
        error      text        not null,
        created_at timestamptz not null default clock_timestamp()
    )
"""

INDEXES = (
    "create index description_task_unfinished on description_task (id) where status in ('fetching', 'processing')",
    "create index description_task_created on description_task (created_at)",
    "create index description_error_task on description_error (task_id, id)",
)


def upgrade() -> None:
    for statement in (CLAIM, GENERATED, TASK, ROWS, ERROR, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    op.execute(
        "drop table description_error, description_todo, description_task, generated_description, description_claim"
    )
