"""Make users, their sessions, the signing keys, the limits on guessing and the projection of projects."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create extension if not exists pg_trgm")
    op.execute(
        """
        create table users (
            id                bigint generated always as identity primary key,
            username          text not null,
            password          text,
            first_name        text not null default '',
            last_name         text not null default '',
            email             text not null default '',
            role              text not null default 'editor',
            is_active         boolean not null default true,
            is_deleted        boolean not null default false,
            business_regions  jsonb not null default '[]',
            project_id        bigint,
            profile_code_1c   text,
            valid_from        bigint not null default 0,
            rights_sequence   bigint not null default 0,
            rights_changed_at timestamptz,
            created_at        timestamptz not null default now(),
            updated_at        timestamptz not null default now(),
            constraint users_role check (role in ('admin', 'editor', 'agent', 'reader'))
        )
        """
    )
    op.execute("create unique index users_username on users (username) where not is_deleted")
    op.execute("create index users_newest on users (created_at, id) where not is_deleted")
    op.execute("create index users_admins on users (created_at, id) where not is_deleted and role = 'admin'")
    op.execute("create index users_inactive on users (created_at, id) where not is_deleted and not is_active")
    op.execute("create index users_profile_code_1c on users (profile_code_1c) where profile_code_1c is not null")
    op.execute(
        "create index users_search on users using gin"
        " ((username || ' ' || first_name || ' ' || last_name || ' ' || email) gin_trgm_ops)"
    )
    op.execute("create index users_rights_changed_at on users (rights_changed_at) where rights_changed_at is not null")
    op.execute(
        """
        create table user_session (
            sid           uuid primary key,
            user_id       bigint not null references users (id) on delete cascade,
            refresh_jti   uuid not null,
            issued_at     timestamptz not null,
            expires_at    timestamptz not null,
            access_until  timestamptz not null,
            ended_at      timestamptz,
            end_reason    text,
            revoked_until timestamptz
        )
        """
    )
    op.execute("create index user_session_open on user_session (user_id) where ended_at is null")
    op.execute("create index user_session_revoked on user_session (revoked_until) where revoked_until is not null")
    op.execute("create index user_session_expires_at on user_session (expires_at)")
    op.execute("create table spent_refresh (jti uuid primary key, spent_at timestamptz not null)")
    op.execute("create index spent_refresh_spent_at on spent_refresh (spent_at)")
    op.execute(
        """
        create table signing_key (
            kid            text primary key,
            public         bytea not null,
            private        bytea not null,
            signs_from     timestamptz not null,
            verified_until timestamptz,
            created_at     timestamptz not null default now()
        )
        """
    )
    op.execute(
        """
        create table guess_limit (
            subject       text primary key,
            level         double precision not null,
            counted_at    timestamptz not null,
            blocked_until timestamptz
        )
        """
    )
    op.execute("create index guess_limit_counted_at on guess_limit (counted_at)")
    op.execute(
        """
        create table known_place (
            user_id bigint not null references users (id) on delete cascade,
            address text not null,
            seen_at timestamptz not null,
            primary key (user_id, address)
        )
        """
    )
    op.execute("create index known_place_seen_at on known_place (seen_at)")
    op.execute(
        """
        create table project (
            id         bigint primary key,
            code_1c    text not null,
            name       text not null,
            is_deleted boolean not null,
            sequence   bigint not null
        )
        """
    )
    op.execute("create index project_code_1c on project (code_1c) where not is_deleted")


def downgrade() -> None:
    for table in ("project", "known_place", "guess_limit", "signing_key", "spent_refresh", "user_session", "users"):
        op.execute(f"drop table {table}")
