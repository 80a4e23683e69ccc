"""The tables behind events, as each service's first migration makes them."""

CREATE_V1 = (
    """
    create table outbox (
        seq          bigint generated always as identity primary key,
        id           uuid not null default uuidv7() unique,
        type         text not null,
        key          text not null,
        suffix       text not null default '',
        data         json not null,
        request_id   text not null default '',
        traceparent  text not null default '',
        created_at   timestamptz not null default now(),
        published_at timestamptz
    )
    """,
    # Chunks of half a megabyte: compressing each costs more time than its disk.
    "alter table outbox alter column data set storage external",
    "create index outbox_unpublished on outbox (seq) where published_at is null",
    "create index outbox_published_at on outbox (published_at) where published_at is not null",
    """
    create function outbox_wake() returns trigger language plpgsql as
    $$ begin perform pg_notify('outbox', ''); return null; end $$
    """,
    """
    create trigger outbox_wake after insert on outbox
    for each statement execute function outbox_wake()
    """,
    """
    create table inbox (
        consumer     text not null,
        event_id     uuid not null,
        attempts     integer not null default 0,
        last_error   text,
        received_at  timestamptz not null default now(),
        processed_at timestamptz,
        primary key (consumer, event_id)
    )
    """,
    "create index inbox_processed_at on inbox (processed_at) where processed_at is not null",
    """
    create table dead_letter (
        id          bigint generated always as identity primary key,
        origin      text not null check (origin in ('relay', 'consumer')),
        consumer    text not null default '',
        event_id    uuid not null,
        type        text not null,
        body        bytea not null,
        error       text not null,
        created_at  timestamptz not null default now(),
        resolved_at timestamptz
    )
    """,
    "create index dead_letter_open on dead_letter (id) where resolved_at is null",
)

DROP_V1 = (
    "drop table dead_letter",
    "drop table inbox",
    "drop table outbox",
    "drop function outbox_wake",
)

TABLES = frozenset({"outbox", "inbox", "dead_letter"})
