"""Keep mappings as data, and say of an integration what kind of source it has.

Version 1 of a mapping is the preset of the kind, and needs no row: an integration that the release before makes has one.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COLUMNS = """
    alter table integration
        add column kind text not null default 'soap'
            constraint integration_kind_check check (kind in ('soap', 'commerceml-exchange', 'commerceml-file')),
        add column base text,
        add column exchange_password bytea,
        add column exchange_dialect text not null default 'standard'
            constraint integration_exchange_dialect_check check (exchange_dialect in ('standard', 'bitrix')),
        add column exchange_encoding text not null default 'utf-8'
            constraint integration_exchange_encoding_check check (exchange_encoding in ('utf-8', 'windows-1251')),
        add column is_paused boolean not null default false,
        add column paused_until timestamptz,
        add column pause_reason text,
        add column alarm_after_minutes integer
            constraint integration_alarm_after_minutes_check check (alarm_after_minutes > 0),
        add column mapping_version integer not null default 1
"""
_VERSIONS = """
    create table mapping_version (
        integration_id bigint      not null references integration on delete cascade,
        version        integer     not null constraint mapping_version_version_check check (version > 1),
        mapping        json        not null,
        user_id        bigint      not null,
        reverted_to    integer,
        created_at     timestamptz not null default now(),
        primary key (integration_id, version)
    )
"""
_FIELDS = """
    create table source_field (
        integration_id bigint      not null references integration on delete cascade,
        stream         text        not null,
        name           text        not null,
        sample         text        not null,
        filled         integer     not null,
        last_seen      timestamptz not null,
        primary key (integration_id, stream, name)
    )
"""
_ADDED = (
    "kind", "base", "exchange_password", "exchange_dialect", "exchange_encoding", "is_paused", "paused_until",
    "pause_reason", "alarm_after_minutes", "mapping_version",
)  # fmt: skip


def upgrade() -> None:
    for statement in (_COLUMNS, _VERSIONS, _FIELDS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table source_field")
    op.execute("drop table mapping_version")
    op.execute(f"alter table integration {', '.join(f'drop column {name}' for name in _ADDED)}")
