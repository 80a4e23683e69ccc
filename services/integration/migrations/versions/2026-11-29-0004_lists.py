"""Stage the lists of one answer apart, and let a sync tell what of an answer was left out."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table staged_row add column list smallint not null default 0")
    op.execute("alter table sync_task add column warnings text[] not null default '{}'")


def downgrade() -> None:
    op.execute("alter table sync_task drop column warnings")
    op.execute("alter table staged_row drop column list")
