"""Let the statements alone see to it that the project of a row exists: PostgreSQL looked it up for each row again.

Each that writes a project's id looks for that project first, and projects are hidden but never removed.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OWNED = ("client", "nomenklatura")
CHANGE = "alter table {table} alter constraint {table}_project_id_fkey {how}"


def upgrade() -> None:
    for table in OWNED:
        op.execute(CHANGE.format(table=table, how="not enforced"))


def downgrade() -> None:
    for table in OWNED:
        op.execute(CHANGE.format(table=table, how="enforced"))
