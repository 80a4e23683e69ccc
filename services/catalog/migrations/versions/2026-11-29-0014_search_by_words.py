"""Keep the words of live rows in the place of their folded text.

The tables that searches read are filled anew beside the old ones, a few thousand rows at a time, while the running
version writes and searches; then each takes the place of the old one at once. What is interrupted starts again.
"""

from typing import Any

from alembic import context, op
from ecatalog.runtime.migrations import STATEMENT_TIMEOUT
from sqlalchemy import text

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Words, which are compared by their sound too, the name first; and codes, which are not.
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
ROWS_AT_ONCE = 5000
SEPARATED = "concat_ws(E' \\n ', {})"
KEY = f"search_key({SEPARATED.format('{words}')}, {SEPARATED.format('{codes}')})"

NEW_TABLE = (
    "drop trigger if exists inserted_words on {table}",
    "drop trigger if exists updated_words on {table}",
    "drop trigger if exists deleted_words on {table}",
    "drop table if exists {table}_words",
    "create table {table}_words (id bigint primary key, created_at timestamptz not null, key text not null)",
    "create index {table}_words_key on {table}_words"
    " using gin (key gin_trgm_ops) with (gin_pending_list_limit = 1048576)",
    "create index {table}_words_created on {table}_words (created_at, id)",
)

INSERTED = """
create or replace function {table}_inserted{suffix}() returns trigger language plpgsql as $$
begin
    if exists (select from added) then
        insert into {table}_{kept} (id, created_at, key)
        select id, created_at, {key} from added where not is_deleted;
        perform pg_notify('changes', '{table}');
    end if;
    return null;
end $$
"""
UPDATED = """
create or replace function {table}_updated{suffix}() returns trigger language plpgsql as $$
begin
    if exists (select from after) then
        with changed as materialized (
            select n.* from after n join before o using (id)
            where (n.is_deleted, n.created_at, {new_fields}) is distinct from (o.is_deleted, o.created_at, {old_fields})
        ), gone as (
            delete from {table}_{kept} s using changed c where s.id = c.id and c.is_deleted
        )
        insert into {table}_{kept} (id, created_at, key)
        select id, created_at, {key} from changed where not is_deleted
        on conflict (id) do update set created_at = excluded.created_at, key = excluded.key;
        perform pg_notify('changes', '{table}');
    end if;
    return null;
end $$
"""
DELETED = """
create or replace function {table}_deleted{suffix}() returns trigger language plpgsql as $$
begin
    if exists (select from removed) then
        delete from {table}_{kept} where id in (select id from removed);
        perform pg_notify('changes', '{table}');
    end if;
    return null;
end $$
"""
SECOND_TRIGGERS = (
    "create trigger inserted_words after insert on {table}"
    " referencing new table as added for each statement execute function {table}_inserted_words()",
    "create trigger updated_words after update on {table}"
    " referencing old table as before new table as after for each statement execute function {table}_updated_words()",
    "create trigger deleted_words after delete on {table}"
    " referencing old table as removed for each statement execute function {table}_deleted_words()",
)

FILL = """
with batch as materialized (
    select * from {table} where id > {after} order by id limit {rows}
), filled as (
    insert into {table}_words (id, created_at, key) select id, created_at, {key} from batch where not is_deleted
    on conflict (id) do nothing
)
select max(id) from batch
"""

# Nobody writes meanwhile. A row that was deleted while it was filled in is left over.
TAKE_OVER = (
    "lock table {table} in share row exclusive mode",
    "delete from {table}_words s where not exists (select from {table} t where t.id = s.id and not t.is_deleted)",
    "drop trigger inserted_words on {table}",
    "drop trigger updated_words on {table}",
    "drop trigger deleted_words on {table}",
    "drop function {table}_inserted_words",
    "drop function {table}_updated_words",
    "drop function {table}_deleted_words",
    "drop table {table}_search",
    "alter table {table}_words rename to {table}_search",
    "alter table {table}_search rename constraint {table}_words_pkey to {table}_search_pkey",
    "alter index {table}_words_key rename to {table}_search_key",
    "alter index {table}_words_created rename to {table}_search_created",
    "select pg_notify('changes', '{table}')",
)

# For the version that runs until this one does: it folds its queries by these. A later migration drops them.
OLD_NAMES = (
    "create or replace function fold(value text) returns text language sql immutable strict parallel safe"
    " return search_fold(value)",
    "create or replace function fold_loosely(value text) returns text language sql immutable strict parallel safe"
    " return search_loosely(lower(value))",
    "drop function search_key(text)",
)


def _unless_in_the_name(field: str) -> str:
    """A field whose words the name has already, as it often has those of the title and the brand, adds nothing."""
    return f"case when strpos(' ' || name || ' ', ' ' || {field} || ' ') = 0 then {field} end"


def _parts(table: str, kept: str, suffix: str = "") -> dict[str, str]:
    (name, *others), codes = SEARCHED[table]
    words = (name, *others)
    texts = (name, *map(_unless_in_the_name, others))
    return {
        "table": table,
        "kept": kept,
        "suffix": suffix,
        "key": KEY.format(words=", ".join(texts), codes=", ".join(codes)),
        "new_fields": ", ".join(f"n.{field}" for field in (*words, *codes)),
        "old_fields": ", ".join(f"o.{field}" for field in (*words, *codes)),
    }


def _fill(table: str) -> None:
    parts = _parts(table, "words", "_words")
    for statement in (*NEW_TABLE, INSERTED, UPDATED, DELETED, *SECOND_TRIGGERS):
        op.execute(statement.format(**parts))
    after: int | None = 0
    while after is not None:
        after = op.get_bind().scalar(text(FILL.format(after=after, rows=ROWS_AT_ONCE, **parts)))
    op.execute("set statement_timeout = 0")
    op.execute(f"select gin_clean_pending_list('{table}_words_key')")
    op.execute(f"analyze {table}_words")
    op.execute(f"set statement_timeout = '{STATEMENT_TIMEOUT}'")


def _take_over(table: str) -> None:
    for statement in (*TAKE_OVER, INSERTED, UPDATED, DELETED):
        op.execute(statement.format(**_parts(table, "search")))


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for table in SEARCHED:
            _fill(table)
    for table in SEARCHED:
        _take_over(table)
    for statement in OLD_NAMES:
        op.execute(statement)


def downgrade() -> None:
    folding, search = _module("0002"), _module("0007")
    for statement in (folding.FOLD, folding.FOLD_LOOSELY, folding.SEARCH_KEY):
        op.execute(statement.replace("create function", "create or replace function"))
    for table, (words, codes) in SEARCHED.items():
        key = search.KEY.format(words=", ".join(words), codes=", ".join(codes))
        for statement in (search.INSERTED, search.UPDATED, search.DELETED):
            statement = statement.replace("create function", "create or replace function")
            op.execute(statement.format(**_parts(table, "search") | {"key": key}))
        op.execute(f"update {table}_search s set key = {key} from {table} t where t.id = s.id")  # noqa: S608 - names of this file


def _module(revision: str) -> Any:
    """An earlier migration."""
    return context.script.get_revision(revision).module
