"""Keep the folded text of live rows, and announce every change to the caches of the apis."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Words, which are compared by their sound too, and codes, which are not.
SEARCHED = {
    "project": (("name", "title"), ("code_1c",)),
    "client": (
        ("name", "company_name", "contact_person"),
        ("client_code_1c", "email", "phone", "tax_id", "contact_phone"),
    ),
    "nomenklatura": (
        ("name", "title", "brand", "category", "manufacturer"),
        ("code_1c", "article_code", "sku", "barcode"),
    ),
}
PROJECTED = ("image", "integration")

# A narrow table of its own: changing a price does not touch it, and a scan of it reads a tenth of the wide one.
TABLE = """
create table {table}_search (
    id         bigint primary key,
    created_at timestamptz not null,
    key        text not null
)
"""
# Entries wait unsorted until there is 1 GB of them, which are those of some 400,000 products, or until somebody tidies
# up: a sync does not wait for their sorting. A search reads them too, or the narrow table where that is less.
INDEXES = (
    "create index {table}_search_key on {table}_search"
    " using gin (key gin_trgm_ops) with (gin_pending_list_limit = 1048576)",
    "create index {table}_search_created on {table}_search (created_at, id)",
)

KEY = "search_key(concat_ws(E'\\n', {words})) || E'\\n' || fold(concat_ws(E'\\n', {codes}))"

INSERTED = """
create function {table}_inserted() returns trigger language plpgsql as $$
begin
    if exists (select from added) then
        insert into {table}_search (id, created_at, key)
        select id, created_at, {key} from added where not is_deleted;
        perform pg_notify('changes', '{table}');
    end if;
    return null;
end $$
"""
UPDATED = """
create function {table}_updated() returns trigger language plpgsql as $$
begin
    if exists (select from after) then
        with changed as materialized (
            select n.* from after n join before o using (id)
            where (n.is_deleted, n.created_at, {new_fields}) is distinct from (o.is_deleted, o.created_at, {old_fields})
        ), gone as (
            delete from {table}_search s using changed c where s.id = c.id and c.is_deleted
        )
        insert into {table}_search (id, created_at, key)
        select id, created_at, {key} from changed where not is_deleted
        on conflict (id) do update set created_at = excluded.created_at, key = excluded.key;
        perform pg_notify('changes', '{table}');
    end if;
    return null;
end $$
"""
DELETED = """
create function {table}_deleted() returns trigger language plpgsql as $$
begin
    if exists (select from removed) then
        delete from {table}_search where id in (select id from removed);
        perform pg_notify('changes', '{table}');
    end if;
    return null;
end $$
"""
SEARCH_TRIGGERS = (
    "create trigger inserted after insert on {table}"
    " referencing new table as added for each statement execute function {table}_inserted()",
    "create trigger updated after update on {table}"
    " referencing old table as before new table as after for each statement execute function {table}_updated()",
    "create trigger deleted after delete on {table}"
    " referencing old table as removed for each statement execute function {table}_deleted()",
)

ANNOUNCE = """
create function announce_change() returns trigger language plpgsql as
$$ begin perform pg_notify('changes', tg_table_name); return null; end $$
"""
ANNOUNCE_TRIGGER = """
create trigger announce_{what} after {events} on {table}
for each statement execute function announce_change()
"""


def upgrade() -> None:
    op.execute(ANNOUNCE)
    for table, (words, codes) in SEARCHED.items():
        parts = {
            "table": table,
            "key": KEY.format(words=", ".join(words), codes=", ".join(codes)),
            "new_fields": ", ".join(f"n.{field}" for field in (*words, *codes)),
            "old_fields": ", ".join(f"o.{field}" for field in (*words, *codes)),
        }
        for statement in (TABLE, *INDEXES, INSERTED, UPDATED, DELETED, *SEARCH_TRIGGERS):
            op.execute(statement.format(**parts))
        op.execute(ANNOUNCE_TRIGGER.format(what="truncate", events="truncate", table=table))
    for table in PROJECTED:
        op.execute(ANNOUNCE_TRIGGER.format(what="change", events="insert or update or delete or truncate", table=table))


def downgrade() -> None:
    for table in PROJECTED:
        op.execute(f"drop trigger announce_change on {table}")
    for table in SEARCHED:
        op.execute(f"drop trigger announce_truncate on {table}")
        for event in ("inserted", "updated", "deleted"):
            op.execute(f"drop trigger {event} on {table}")
            op.execute(f"drop function {table}_{event}")
        op.execute(f"drop table {table}_search")
    op.execute("drop function announce_change")
