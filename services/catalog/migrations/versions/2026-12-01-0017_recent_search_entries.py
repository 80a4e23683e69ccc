"""Write search entries into a small table beside the indexed one, and take the keys that come with many new rows.

The new table inherits from the indexed one, so whatever reads or deletes entries of the latter, as the version does that
is running, reads and deletes those of the former, too.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

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

RECENT = (
    "create table {table}_search_recent (primary key (id)) inherits ({table}_search)",
    # Whoever moves its rows on cleans it, too: every search reads it from end to end.
    "alter table {table}_search_recent set (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0)",
)

KEY = r"search_key(concat_ws(E' \n ', {words}), concat_ws(E' \n ', {codes}))"
ROW_KEY = """
create function {table}_search_key(r {table}) returns text language sql immutable parallel safe as $$ select {key} $$
"""

# The writer of many new rows adds their entries itself, and says so for this statement.
INSERTED = """
create or replace function {table}_inserted() returns trigger language plpgsql as $$
begin
    if exists (select from added) then
        if current_setting('catalog.keys_follow', true) is distinct from 'yes' then
            insert into {table}_search_recent (id, created_at, key)
            select r.id, r.created_at, {key} from added r where not r.is_deleted;
        end if;
        perform pg_notify('changes', '{table}');
    end if;
    return null;
end $$
"""
# An entry that is being moved is waited for by the first deletion, and found where it then is by the second.
UPDATED = """
create or replace function {table}_updated() returns trigger language plpgsql as $$
declare
    changed bigint[];
begin
    if exists (select from after) then
        changed := array(
            select n.id from after n join before o using (id)
             where (n.is_deleted, n.created_at, {new_fields}) is distinct from (o.is_deleted, o.created_at, {old_fields})
        );
        if cardinality(changed) > 0 then
            delete from {table}_search_recent where id = any(changed);
            delete from {table}_search where id = any(changed);
            insert into {table}_search_recent (id, created_at, key)
            select r.id, r.created_at, {key} from after r where r.id = any(changed) and not r.is_deleted;
        end if;
        perform pg_notify('changes', '{table}');
    end if;
    return null;
end $$
"""
DELETED = """
create or replace function {table}_deleted() returns trigger language plpgsql as $$
begin
    if exists (select from removed) then
        delete from {table}_search_recent where id in (select id from removed);
        delete from {table}_search where id in (select id from removed);
        perform pg_notify('changes', '{table}');
    end if;
    return null;
end $$
"""


def _parts(table: str) -> dict[str, str]:
    (name, *others), codes = SEARCHED[table]
    words = (
        f"r.{name}",
        *(f"case when strpos(' ' || r.name || ' ', ' ' || r.{one} || ' ') = 0 then r.{one} end" for one in others),
    )
    return {
        "table": table,
        "key": KEY.format(words=", ".join(words), codes=", ".join(f"r.{code}" for code in codes)),
        "new_fields": ", ".join(f"n.{field}" for field in (name, *others, *codes)),
        "old_fields": ", ".join(f"o.{field}" for field in (name, *others, *codes)),
    }


def upgrade() -> None:
    for table in SEARCHED:
        for statement in (*RECENT, ROW_KEY, INSERTED, UPDATED, DELETED):
            op.execute(statement.format(**_parts(table)))


BACK = (
    "lock table {table} in share row exclusive mode",
    "insert into {table}_search select id, created_at, key from {table}_search_recent",
    "drop table {table}_search_recent",
    "drop function {table}_search_key",
)


def downgrade() -> None:
    earlier = op.get_context().script.get_revision("0014").module
    for table in SEARCHED:
        for statement in (*BACK, earlier.INSERTED, earlier.UPDATED, earlier.DELETED):
            op.execute(statement.format(**earlier._parts(table, "search")))
