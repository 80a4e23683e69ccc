"""Mark points that cannot be meant, and remember when an agent's next one is due.

Points that are there stay unmarked: each becomes what it would have been when it is changed.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UP = (
    "alter table location_point add column suspect_reason varchar(20)",
    "alter table agent_position add column suspect_reason varchar(20), add column next_at timestamptz",
    "create index agent_position_next on agent_position (next_at) where next_at is not null",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("alter table agent_position drop column next_at, drop column suspect_reason")
    op.execute("alter table location_point drop column suspect_reason")
