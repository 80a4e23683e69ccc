"""Wake the workers when a file is new."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAKE = """
create function file_wake() returns trigger language plpgsql as
$$ begin perform pg_notify('renditions', ''); return null; end $$
"""
# Not when its next attempt is moved: looking for work does that, and would wake itself for ever.
TRIGGER = "create trigger wake after insert or update of is_rendered on file for each statement execute function file_wake()"


def upgrade() -> None:
    op.execute(WAKE)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("drop trigger wake on file")
    op.execute("drop function file_wake")
