"""Remember the answers to requests with an idempotency key."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

IDEMPOTENCY = """
    create table idempotency (
        user_id     bigint      not null,
        key         text        not null,
        fingerprint bytea       not null,
        status      integer     not null,
        body        bytea       not null,
        created_at  timestamptz not null default now(),
        primary key (user_id, key)
    )
"""

INDEXES = (
    "create index idempotency_created on idempotency (created_at)",
)


def upgrade() -> None:
    op.execute(IDEMPOTENCY)
    for statement in INDEXES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table idempotency")
