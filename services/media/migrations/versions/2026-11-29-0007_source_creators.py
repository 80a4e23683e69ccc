"""Remember who made an image source: agents change only their own. Of older ones nobody knows it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("image_source", sa.Column("created_by", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("image_source", "created_by")
