"""Remember what was applied of each source, and stage runs whose rows have keys.

The tables are new and nobody needs them before the first such run; the index of the history follows the new steps.
"""

from alembic import op

from ecatalog.db.sql import compose

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STAGED = (
    """
    create table staged_record (
        job_id      bigint  not null,
        n           integer not null,
        stream      text    not null,
        key         text    not null,
        code        text,
        payload     text,
        fills       text,
        reason      text,
        deleted     boolean,
        is_stand_in boolean not null default false,
        is_derived  boolean not null default false,
        is_keyless  boolean not null default false,
        is_skipped  boolean not null default false,
        groups      text[]  not null default '{}',
        scope       text    not null default '',
        place       text    not null default '',
        was         text,
        hash        bytea
    )
    """,
    """
    create table staged_offer (
        job_id      bigint  not null,
        n           integer not null,
        stream      text    not null,
        key         text    not null,
        product_key text    not null,
        is_list     boolean not null default true,
        is_empty    boolean not null default false,
        place       text    not null default '',
        reason      text
    )
    """,
    """
    create table staged_value (
        job_id       bigint  not null,
        n            integer not null,
        stream       text    not null,
        key          text    not null,
        product_key  text    not null,
        of           text    not null,
        coefficient  numeric not null default 1,
        min_quantity numeric not null default 0,
        value        numeric,
        currency     text
    )
    """,
    """
    create table staged_entry (
        job_id     bigint not null,
        classifier text   not null,
        sort       text   not null,
        key        text   not null,
        name       text   not null,
        parent_key text,
        data       jsonb
    )
    """,
    """
    create table ready_row (
        job_id bigint  not null,
        stream text    not null,
        n      integer not null,
        key    text    not null,
        body   text    not null
    )
    """,
    """
    create table failed_row (
        job_id bigint not null,
        stream text   not null,
        key    text   not null
    )
    """,
)
_RUN = """
    create table sync_run (
        job_id          bigint  primary key references job on delete cascade,
        project_id      bigint  not null,
        base            text    not null,
        mapping_version integer not null
    )
"""
_STREAM = """
    create table sync_stream (
        job_id    bigint  not null references job on delete cascade,
        stream    text    not null,
        total     integer not null default 0,
        processed integer not null default 0,
        created   integer not null default 0,
        updated   integer not null default 0,
        unchanged integer not null default 0,
        errors    integer not null default 0,
        parked    integer not null default 0,
        skipped   integer not null default 0,
        missing   integer not null default 0,
        linked    integer not null default 0,
        relinked  integer not null default 0,
        renamed   integer not null default 0,
        kept      integer not null default 0,
        marked    integer not null default 0,
        complete  text,
        reason    text,
        whole     text[]  not null default '{}',
        spoken    text[]  not null default '{}',
        is_undeliverable boolean not null default false,
        primary key (job_id, stream)
    )
"""
_MEMORY = (
    """
    create table source_record (
        integration_id bigint  not null references integration on delete cascade,
        stream         text    not null,
        key            text    not null,
        scope          text    not null,
        hash           bytea   not null,
        code           text,
        is_stand_in    boolean not null,
        is_deleted     boolean not null,
        is_missing     boolean not null default false,
        groups         text[]  not null,
        labels         text,
        primary key (integration_id, stream, key)
    )
    """,
    """
    create table source_snapshot (
        integration_id  bigint  not null references integration on delete cascade,
        stream          text    not null,
        is_stale        boolean not null,
        full_at         timestamptz,
        mapping_version integer not null,
        project_id      bigint  not null,
        base            text    not null,
        primary key (integration_id, stream)
    )
    """,
    """
    create table source_value (
        project_id   bigint      not null,
        base         text        not null,
        stream       text        not null,
        key          text        not null,
        of           text        not null,
        coefficient  numeric     not null default 1,
        min_quantity numeric     not null default 0,
        product_key  text        not null,
        value        numeric,
        currency     text,
        updated_at   timestamptz not null default now(),
        primary key (project_id, base, stream, product_key, key, of, coefficient, min_quantity)
    )
    """,
    """
    create table source_parked (
        project_id bigint      not null,
        base       text        not null,
        stream     text        not null,
        key        text        not null,
        since      timestamptz not null default now(),
        primary key (project_id, base, stream, key)
    )
    """,
    """
    create table classifier_entry (
        integration_id bigint not null references integration on delete cascade,
        classifier     text   not null,
        sort           text   not null,
        key            text   not null,
        name           text   not null,
        parent_key     text,
        data           jsonb,
        primary key (integration_id, classifier, sort, key)
    )
    """,
    """
    create table seen_key (
        set_id bigint not null,
        stream text   not null,
        scope  text   not null,
        key    text   not null,
        primary key (set_id, stream, scope, key)
    )
    """,
)
_INDEXES = (
    "staged_record_job on staged_record (job_id, stream)",
    "staged_offer_job on staged_offer (job_id, stream)",
    "staged_value_job on staged_value (job_id, stream)",
    "staged_entry_job on staged_entry (job_id)",
    "ready_row_place on ready_row (job_id, stream, n)",
    "failed_row_job on failed_row (job_id, stream)",
    "source_record_key on source_record (stream, key)",
    "source_snapshot_base on source_snapshot (project_id, base, stream)",
    "source_parked_since on source_parked (project_id, base, since)",
    "job_sync_set on job (((args ->> 'set_id')::bigint)) where task = 'sync' and args ->> 'set_id' is not null",
)
_MADE = (
    "staged_record", "staged_offer", "staged_value", "staged_entry", "ready_row", "failed_row", "sync_run",
    "sync_stream", "source_record", "source_snapshot", "source_value", "source_parked", "classifier_entry", "seen_key",
)  # fmt: skip

_BEFORE = compose("when 'fetch' then 'fetching' when 'apply' then 'processing'")
_AFTER = compose(
    "when 'fetch' then 'fetching' when 'compare' then 'processing' when 'apply' then 'processing'"
    " when 'settle' then 'processing'"
)
_STATUS = (
    "create index job_sync_status on job ((case status when 'succeeded' then 'completed' when 'failed' then 'error'"
    " when 'cancelled' then 'error' else case phase {} else phase end end), id) where task = 'sync'"
)


def upgrade() -> None:
    for statement in (*_STAGED, _RUN, _STREAM, *_MEMORY):
        op.execute(statement)
    for index in _INDEXES:
        op.execute(f"create index {index}")
    op.execute("alter table sync_chunk add column stream text, add column leads boolean not null default false")
    _follow_status(_AFTER)


def downgrade() -> None:
    _follow_status(_BEFORE)
    op.execute("alter table sync_chunk drop column stream, drop column leads")
    op.execute("drop index job_sync_set")
    for table in reversed(_MADE):
        op.execute(f"drop table {table}")


def _follow_status(phases: str) -> None:
    op.execute("drop index job_sync_status")
    op.execute(_STATUS.format(phases))
