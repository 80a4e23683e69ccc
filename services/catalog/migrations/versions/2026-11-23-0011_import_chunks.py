"""Write the rows of an import while its file is read: no rows wait, and chunks are numbers of what is written."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What waited there came out of a file that is gone.
END = """
    update import_task
       set status = 'error', completed_at = clock_timestamp(),
           refusal = '{"status": 503, "body": {"error": "The import was ended by an upgrade. Send the file again."}}'
     where status = 'processing'
"""
CHUNK = """
    create table import_chunk (
        task_id bigint  not null references import_task (id) on delete cascade,
        chunk   integer not null,
        primary key (task_id, chunk)
    )
"""
# A workbook is compressed already.
AS_IT_IS = "alter table import_file alter column data set storage external"

OLD_ROW = """
    create table import_row (
        task_id bigint  not null references import_task (id) on delete cascade,
        row     integer not null,
        payload text    not null,
        primary key (task_id, row)
    )
"""
OLD_CHUNK = """
    create table import_chunk (
        task_id  bigint  not null references import_task (id) on delete cascade,
        chunk    integer not null,
        from_row integer not null,
        to_row   integer not null,
        primary key (task_id, chunk)
    )
"""


def upgrade() -> None:
    for statement in (END, "drop table import_chunk, import_row", CHUNK, AS_IT_IS):
        op.execute(statement)


def downgrade() -> None:
    op.execute(END)
    op.execute("drop table import_chunk")
    op.execute("alter table import_file alter column data set storage extended")
    for statement in (OLD_ROW, OLD_CHUNK):
        op.execute(statement)
