"""Make the tables behind events."""

from alembic import op

from ecatalog.events.schema import CREATE_V1, DROP_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in CREATE_V1:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP_V1:
        op.execute(statement)
