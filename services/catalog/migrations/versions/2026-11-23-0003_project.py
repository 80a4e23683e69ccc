"""Make the table of projects."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PROJECT = """
    create table project (
        id           bigint       generated always as identity primary key,
        code_1c      varchar(255) not null,
        name         varchar(255) not null,
        title        varchar(255),
        description  text,
        is_active    boolean      not null default true,
        is_deleted   boolean      not null default false,
        images_after bigint       not null default 0,
        created_at   timestamptz  not null default now(),
        updated_at   timestamptz  not null default now()
    )
"""

INDEXES = (
    "create unique index project_code on project (code_1c)",
    "create index project_created on project (created_at, id) where not is_deleted",
)


def upgrade() -> None:
    op.execute(PROJECT)
    for statement in INDEXES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table project")
