"""Remember the answers to requests with an idempotency key."""

from alembic import op
from ecatalog.http.idempotency import CREATE_V1, DROP_V1

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in CREATE_V1:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROP_V1:
        op.execute(statement)
