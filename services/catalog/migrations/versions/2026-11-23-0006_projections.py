"""Make the projections of pictures and integrations."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IMAGE = """
    create table image (
        image_id        bigint      primary key,
        owner_type      text        not null,
        owner_id        bigint      not null,
        path            text        not null,
        sm_path         text        not null,
        md_path         text        not null,
        lg_path         text        not null,
        thumbnail_path  text        not null,
        is_main         boolean     not null,
        category        text,
        note            text,
        status          json,
        source          json,
        is_ai_generated boolean     not null default false,
        is_active       boolean     not null,
        is_deleted      boolean     not null,
        created_at      timestamptz not null,
        updated_at      timestamptz not null,
        sequence        bigint      not null
    )
"""

INTEGRATION = """
    create table integration (
        integration_id bigint  primary key,
        project_id     bigint  not null,
        is_active      boolean not null,
        is_deleted     boolean not null,
        sequence       bigint  not null
    )
"""

INDEXES = (
    "create index image_owner on image (owner_type, owner_id, image_id desc) where not is_deleted",
    "create index integration_project on integration (project_id) where not is_deleted",
)


def upgrade() -> None:
    op.execute(IMAGE)
    op.execute(INTEGRATION)
    for statement in INDEXES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table integration")
    op.execute("drop table image")
