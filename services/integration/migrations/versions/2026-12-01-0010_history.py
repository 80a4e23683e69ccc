"""Filter the history by who started a run, and by the streams that it brought."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "create index job_sync_started_by on job ((coalesce(args ->> 'started_by', 'user')), id) where task = 'sync'"
    )
    op.execute("create index sync_stream_stream on sync_stream (stream, job_id)")


def downgrade() -> None:
    op.execute("drop index sync_stream_stream")
    op.execute("drop index job_sync_started_by")
