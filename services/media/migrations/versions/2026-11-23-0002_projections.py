"""Make the projections of the catalog's rows."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    """
    create table project (
        id         bigint      primary key,
        code_1c    text        not null,
        name       text        not null,
        created_at timestamptz not null,
        is_deleted boolean     not null,
        sequence   bigint      not null
    )
    """,
    """
    create table client (
        id                   bigint  primary key,
        project_id           bigint,
        client_code_1c       text    not null,
        name                 text    not null,
        business_region_code text,
        is_deleted           boolean not null,
        sequence             bigint  not null
    )
    """,
    """
    create table nomenklatura (
        id           bigint  primary key,
        project_id   bigint,
        code_1c      text    not null,
        name         text    not null,
        article_code text,
        roditel      text,
        supplier     text,
        country_code text,
        country      text,
        is_deleted   boolean not null,
        sequence     bigint  not null
    )
    """,
)
INDEXES = (
    "create index project_code on project (code_1c)",
    "create index client_code on client (client_code_1c)",
    "create index nomenklatura_code on nomenklatura (code_1c)",
    "create index nomenklatura_article on nomenklatura (article_code) where article_code is not null",
)


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("nomenklatura", "client", "project"):
        op.execute(f"drop table {table}")
