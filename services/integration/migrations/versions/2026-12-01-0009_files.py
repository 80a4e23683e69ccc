"""Keep the files that 1C or a person sends, in pieces, and the sessions of the exchange in which 1C sends them."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SESSION = """
    create table exchange_session (
        id             bigint      generated always as identity primary key,
        integration_id bigint      not null references integration on delete cascade,
        token          bytea       not null constraint exchange_session_token_key unique,
        sessid         text        not null,
        created_at     timestamptz not null default now(),
        used_at        timestamptz not null default now()
    )
"""
_SET = """
    create table source_set (
        id             bigint      generated always as identity primary key,
        integration_id bigint      not null references integration on delete cascade,
        session_id     bigint      references exchange_session on delete set null,
        started_by     text        not null
                       constraint source_set_started_by_check check (started_by in ('exchange', 'file')),
        is_dry_run     boolean     not null default false,
        files          integer     not null default 0,
        left_out       integer     not null default 0,
        bytes          bigint      not null default 0,
        missing        integer,
        created_at     timestamptz not null default now(),
        used_at        timestamptz not null default now(),
        closed_at      timestamptz,
        ended_at       timestamptz,
        outcome        text
                       constraint source_set_outcome_check check (outcome in ('succeeded', 'failed', 'left')),
        constraint source_set_ended check ((ended_at is null) = (outcome is null))
    )
"""
_FILE = """
    create table source_file (
        id         bigint      generated always as identity primary key,
        set_id     bigint      not null references source_set on delete cascade,
        name       text        not null,
        size       bigint      not null default 0,
        is_archive boolean     not null default false,
        is_listed  boolean     not null default false,
        created_at timestamptz not null default now()
    )
"""
_PIECE = """
    create table source_piece (
        file_id bigint not null references source_file on delete cascade,
        start   bigint not null,
        bytes   bytea  not null,
        primary key (file_id, start)
    )
"""
_DOCUMENT = """
    create table source_document (
        file_id bigint not null references source_file on delete cascade,
        set_id  bigint not null references source_set on delete cascade,
        name    text   not null,
        member  text,
        job_id  bigint references job on delete set null,
        primary key (file_id, name)
    )
"""
_INDEXES = (
    "index exchange_session_integration on exchange_session (integration_id, id)",
    "index exchange_session_used on exchange_session (used_at)",
    "index source_set_integration on source_set (integration_id, id)",
    "unique index source_set_open on source_set (session_id) where closed_at is null and session_id is not null",
    "index source_set_session on source_set (session_id)",
    "index source_set_running on source_set (used_at) where outcome is null",
    "index source_file_name on source_file (set_id, name, id)",
    "index source_document_name on source_document (set_id, name, file_id)",
    "index source_document_job on source_document (job_id)",
)
_MADE = ("exchange_session", "source_set", "source_file", "source_piece", "source_document")


def upgrade() -> None:
    for statement in (_SESSION, _SET, _FILE, _PIECE, _DOCUMENT):
        op.execute(statement)
    for index in _INDEXES:
        op.execute(f"create {index}")
    op.execute("alter table source_piece alter column bytes set storage external")  # archives do not shrink again


def downgrade() -> None:
    for table in reversed(_MADE):
        op.execute(f"drop table {table}")
