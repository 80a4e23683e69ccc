"""Let a sync remember which request started it: its workers' logs name that request."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table sync_task add column request_id text not null default ''")


def downgrade() -> None:
    op.execute("alter table sync_task drop column request_id")
