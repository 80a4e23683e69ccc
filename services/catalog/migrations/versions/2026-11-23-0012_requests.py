"""Let an import remember which request brought it: the worker's log and the events of its rows name that request."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table import_task add column request_id text not null default ''")


def downgrade() -> None:
    op.execute("alter table import_task drop column request_id")
