"""Make the table of products."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NOMENKLATURA = """
    create table nomenklatura (
        id                bigint         generated always as identity primary key,
        project_id        bigint         references project,
        code_1c           varchar(255)   not null,
        article_code      varchar(100),
        name              varchar(255)   not null,
        title             varchar(255),
        description       text,
        sku               varchar(100),
        barcode           varchar(100),
        brand             varchar(150),
        manufacturer      varchar(200),
        model             varchar(150),
        series            varchar(150),
        vendor_code       varchar(100),
        base_price        numeric(15, 2),
        sale_price        numeric(15, 2),
        cost_price        numeric(15, 2),
        currency          varchar(10)    default 'UZS',
        discount_percent  numeric(5, 2),
        tax_rate          numeric(5, 2),
        stock_quantity    numeric(10, 2),
        min_stock         numeric(10, 2),
        max_stock         numeric(10, 2),
        unit_of_measure   varchar(50),
        weight            numeric(10, 3),
        dimensions        varchar(100),
        volume            numeric(10, 3),
        category          varchar(150),
        subcategory       varchar(150),
        tags              jsonb          default '[]',
        color             varchar(100),
        size              varchar(100),
        material          varchar(200),
        warranty_period   integer,
        expiry_date       date,
        production_date   date,
        roditel           varchar(255),
        supplier          varchar(255),
        country_code      varchar(10),
        country           varchar(150),
        notes             text,
        rating            numeric(3, 2),
        popularity_score  integer        default 0,
        seo_keywords      varchar(500),
        source            varchar(100),
        metadata          jsonb          default '{}',
        is_active         boolean        not null default true,
        is_deleted        boolean        not null default false,
        enrichment_status varchar(20)    not null default 'PENDING'
                                         check (enrichment_status in ('PENDING', 'IN_PROGRESS', 'COMPLETED', 'FAILED')),
        last_enriched_at  timestamptz,
        created_at        timestamptz    not null default now(),
        updated_at        timestamptz    not null default now()
    )
"""

INDEXES = (
    "create unique index nomenklatura_code on nomenklatura (code_1c, project_id) nulls not distinct",
    "create index nomenklatura_created on nomenklatura (created_at, id) where not is_deleted",
    "create index nomenklatura_updated on nomenklatura (updated_at, id) where not is_deleted",
    "create index nomenklatura_name on nomenklatura (name, id) where not is_deleted",
    "create index nomenklatura_base_price on nomenklatura (base_price, id) where not is_deleted",
    "create index nomenklatura_project on nomenklatura (project_id, created_at, id) where not is_deleted",
    "create index nomenklatura_active on nomenklatura (is_active, created_at, id) where not is_deleted",
    "create index nomenklatura_described on nomenklatura (num_nonnulls(nullif(description, '')), created_at, id)"
    " where not is_deleted",
    "create index nomenklatura_brand on nomenklatura (lower(brand)) where not is_deleted and brand is not null",
    "create index nomenklatura_manufacturer on nomenklatura (lower(manufacturer))"
    " where not is_deleted and manufacturer is not null",
    "create index nomenklatura_category on nomenklatura (category) where not is_deleted and category is not null",
    "create index nomenklatura_stock_quantity on nomenklatura (stock_quantity)"
    " where not is_deleted and stock_quantity is not null",
)


def upgrade() -> None:
    op.execute(NOMENKLATURA)
    for statement in INDEXES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table nomenklatura")
