"""Make the table of clients."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CLIENT = """
    create table client (
        id                   bigint         generated always as identity primary key,
        project_id           bigint         references project,
        client_code_1c       varchar(100)   not null,
        name                 varchar(100)   not null,
        email                varchar(100),
        phone                varchar(100),
        description          text,
        company_name         varchar(255),
        tax_id               varchar(50),
        registration_number  varchar(100),
        legal_address        text,
        actual_address       text,
        fax                  varchar(50),
        website              varchar(255),
        social_media         jsonb          default '{}',
        additional_phones    jsonb          default '[]',
        industry             varchar(150),
        business_type        varchar(100),
        employee_count       integer,
        annual_revenue       numeric(15, 2),
        established_date     date,
        payment_terms        varchar(255),
        credit_limit         numeric(15, 2),
        currency             varchar(10)    default 'UZS',
        city                 varchar(100),
        region               varchar(100),
        country              varchar(100)   default 'Uzbekistan',
        postal_code          varchar(20),
        contact_person       varchar(150),
        contact_position     varchar(100),
        contact_email        varchar(100),
        contact_phone        varchar(100),
        business_region_code varchar(100),
        business_region_name varchar(255),
        notes                text,
        tags                 jsonb          default '[]',
        rating               numeric(3, 2),
        priority             integer        default 0,
        source               varchar(100),
        metadata             jsonb          default '{}',
        is_active            boolean        not null default true,
        is_deleted           boolean        not null default false,
        created_at           timestamptz    not null default now(),
        updated_at           timestamptz    not null default now()
    )
"""

INDEXES = (
    "create unique index client_code on client (client_code_1c, project_id) nulls not distinct",
    "create index client_created on client (created_at, id) where not is_deleted",
    "create index client_updated on client (updated_at, id) where not is_deleted",
    "create index client_name on client (name, id) where not is_deleted",
    "create index client_email on client (email) where not is_deleted and email is not null",
    "create index client_project on client (project_id, created_at, id) where not is_deleted",
    "create index client_region on client (business_region_code, created_at, id) where not is_deleted",
    "create index client_active on client (is_active, created_at, id) where not is_deleted",
    "create index client_described on client (num_nonnulls(nullif(description, '')), created_at, id)"
    " where not is_deleted",
)


def upgrade() -> None:
    op.execute(CLIENT)
    for statement in INDEXES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table client")
