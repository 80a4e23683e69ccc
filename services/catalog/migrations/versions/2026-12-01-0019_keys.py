"""Keep which row each key of a source means, and what its base last said of it.

The key of a row that is gone stays: the row that a person makes in its place is found by its code, and is not hidden by
a mark that was there before.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEYED = ("nomenklatura", "client")
REFS = """
    create table {table}_ref (
        project_id     bigint  not null,
        base           text    not null,
        key            text    not null,
        row_id         bigint  references {table} on delete set null,
        is_marked      boolean not null default false,
        hidden_by_base boolean not null default false,
        primary key (project_id, base, key)
    )
"""
# A row has one key of a base. Its deletion finds the keys by this index, too.
BY_ROW = "create unique index {table}_ref_row on {table}_ref (row_id, project_id, base)"


def upgrade() -> None:
    for table in KEYED:
        op.execute(REFS.format(table=table))
        op.execute(BY_ROW.format(table=table))


def downgrade() -> None:
    for table in KEYED:
        op.execute(f"drop table {table}_ref")
