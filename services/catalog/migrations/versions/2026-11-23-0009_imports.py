"""Keep imports of workbooks: their files, their rows on the way, and those that were rejected."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TASK = """
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
        constraint import_task_task_id_key unique (task_id),
        constraint import_task_status_check check (status in ('fetching', 'processing', 'completed', 'error')),
        constraint import_task_adds_up
            check (status <> 'completed' or (total = created + updated + errors and processed = total))
    )
"""

FILE = """
    create table import_file (
        task_id bigint  not null references import_task (id) on delete cascade,
        n       integer not null,
        data    bytea   not null,
        primary key (task_id, n)
    )
"""

ROW = """
    create table import_row (
        task_id bigint  not null references import_task (id) on delete cascade,
        row     integer not null,
        payload text    not null,
        primary key (task_id, row)
    )
"""

CHUNK = """
    create table import_chunk (
        task_id  bigint  not null references import_task (id) on delete cascade,
        chunk    integer not null,
        from_row integer not null,
        to_row   integer not null,
        primary key (task_id, chunk)
    )
"""

ERROR = """
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

INDEXES = (
    "create index import_task_unfinished on import_task (id) where status in ('fetching', 'processing')",
    "create index import_task_created on import_task (created_at)",
)


def upgrade() -> None:
    for statement in (TASK, FILE, ROW, CHUNK, ERROR, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table import_error, import_chunk, import_row, import_file, import_task")
