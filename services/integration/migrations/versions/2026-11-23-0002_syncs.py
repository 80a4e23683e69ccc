"""Make the tables of integrations and syncs."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table project (
            id         bigint primary key,
            code_1c    text not null,
            name       text not null,
            sequence   bigint not null,
            is_deleted boolean not null
        )
        """
    )
    op.execute("create index ix_project_code_1c on project (code_1c)")
    op.execute(
        """
        create table integration (
            id                  bigint generated always as identity primary key,
            name                text not null,
            project_id          bigint not null,
            wsdl_url            text not null,
            username            text not null,
            password            bytea,
            method_nomenklatura text not null,
            method_clients      text not null,
            chunk_size          integer not null check (chunk_size between 1 and 5000),
            description         text,
            is_active           boolean not null,
            invert_is_active    boolean not null,
            timeout             integer not null check (timeout > 0),
            is_deleted          boolean not null default false,
            created_at          timestamptz not null default now(),
            updated_at          timestamptz not null default now()
        )
        """
    )
    op.execute(
        """
        create table sync_task (
            id             bigint generated always as identity primary key,
            task_id        uuid not null constraint sync_task_task_id_key unique,
            integration_id bigint not null references integration,
            sync_type      text not null
                           constraint sync_task_sync_type_check check (sync_type in ('nomenklatura', 'clients')),
            status         text not null default 'fetching'
                           constraint sync_task_status_check
                           check (status in ('fetching', 'processing', 'completed', 'error')),
            total          integer not null default 0,
            processed      integer not null default 0,
            created        integer not null default 0,
            updated        integer not null default 0,
            unchanged      integer not null default 0,
            errors         integer not null default 0,
            error_message  text,
            message        text,
            fence          integer not null default 0,
            owner          integer,
            lease_until    timestamptz,
            cleaned        boolean not null default false,
            created_at     timestamptz not null default now(),
            completed_at   timestamptz,
            constraint sync_task_adds_up check (
                status <> 'completed' or (total = created + updated + errors and processed = total)
            )
        )
        """
    )
    op.execute(
        "create index sync_task_unfinished on sync_task (integration_id, id)"
        " where status in ('fetching', 'processing')"
    )
    op.execute("create index sync_task_uncleaned on sync_task (id) where not cleaned")
    op.execute("create index sync_task_integration on sync_task (integration_id, id)")
    op.execute("create index sync_task_status on sync_task (status, id)")
    op.execute(
        """
        create table sync_item_error (
            id         bigint generated always as identity primary key,
            task_id    bigint not null references sync_task on delete cascade,
            code       text,
            error      text not null,
            created_at timestamptz not null default clock_timestamp()
        )
        """
    )
    op.execute("create index sync_item_error_task on sync_item_error (task_id, id)")
    op.execute(
        """
        create table staged_row (
            task_id bigint not null,
            n       integer not null,
            code    text,
            payload text,
            reason  text
        )
        """
    )
    op.execute("create index staged_row_place on staged_row (task_id, n)")
    op.execute(
        """
        create table sync_chunk (
            task_id bigint not null references sync_task on delete cascade,
            chunk   integer not null,
            first_n integer not null,
            last_n  integer not null,
            rows    integer not null,
            applied boolean not null default false,
            primary key (task_id, chunk)
        )
        """
    )
    op.execute("create index sync_chunk_waiting on sync_chunk (task_id, chunk) where not applied")


def downgrade() -> None:
    for table in ("sync_chunk", "staged_row", "sync_item_error", "sync_task", "integration", "project"):
        op.execute(f"drop table {table}")
