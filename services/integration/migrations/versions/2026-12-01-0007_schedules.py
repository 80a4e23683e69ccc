"""Start runs by schedules, remember who paused an integration, and raise alarms for its sources."""

from alembic import op

from ecatalog.jobs.schema import DROP_SCHEDULES_V1, SCHEDULES_V1

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ALARMS = """
    create table source_alarm (
        id             bigint      generated always as identity primary key,
        integration_id bigint      not null references integration,
        stream         text        not null default '',
        kind           text        not null
                       constraint source_alarm_kind_check check (kind in ('failed', 'late', 'storage')),
        message        text        not null,
        raised_at      timestamptz not null,
        cleared_at     timestamptz
    )
"""
_INDEXES = (
    "create unique index source_alarm_open on source_alarm (integration_id, stream, kind) where cleared_at is null",
    "create index source_alarm_integration on source_alarm (integration_id, id)",
    "create index job_sync_stream on job (subject, (args ->> 'sync_type'), id) where task = 'sync'",
)


def upgrade() -> None:
    for statement in (*SCHEDULES_V1, _ALARMS, *_INDEXES):
        op.execute(statement)
    op.execute("alter table integration add column paused_by bigint")
    op.execute("alter table integration add column watched_since timestamptz not null default now()")


def downgrade() -> None:
    op.execute("alter table integration drop column watched_since")
    op.execute("alter table integration drop column paused_by")
    op.execute("drop index job_sync_stream")
    op.execute("drop table source_alarm")
    for statement in DROP_SCHEDULES_V1:
        op.execute(statement)
