"""Note when somebody last asked for a client or a product: those without pictures are dropped a day later."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("client", "nomenklatura")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"alter table {table} add column asked_at timestamptz not null default now()")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"alter table {table} drop column asked_at")
