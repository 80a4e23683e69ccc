"""Make the tables of pictures, their files, statuses and sources."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    """
    create table image_status (
        id          bigint       generated always as identity primary key,
        code        varchar(50)  not null,
        name        varchar(100) not null,
        description text,
        icon        varchar(50)  not null default '',
        "order"     integer      not null default 0,
        is_active   boolean      not null default true,
        is_deleted  boolean      not null default false
    )
    """,
    """
    create table image_source (
        id               bigint       generated always as identity primary key,
        uploader_name    varchar(100) not null,
        uploader_type    varchar(10)  not null default 'other',
        uploader_contact varchar(255),
        upload_location  varchar(255),
        upload_device    varchar(100),
        notes            text,
        is_active        boolean      not null default true,
        is_deleted       boolean      not null default false,
        created_at       timestamptz  not null default clock_timestamp()
    )
    """,
    """
    create table file (
        id             bigint      generated always as identity primary key,
        sha256         text        not null,
        format         text        not null,
        width          integer     not null,
        height         integer     not null,
        size           bigint      not null,
        thumbnail_size bigint      not null,
        is_rendered    boolean     not null default false,
        attempts       integer     not null default 0,
        next_attempt   timestamptz not null default clock_timestamp(),
        error          text,
        used_at        timestamptz not null default clock_timestamp(),
        constraint file_sha256_key unique (sha256)
    )
    """,
    """
    create table image (
        id              bigint       generated always as identity primary key,
        owner_type      text         not null,
        owner_id        bigint       not null,
        name            text         not null,
        stem            text         not null,
        ending          text         not null,
        file_id         bigint       references file on delete set null,
        category        varchar(120) not null default '',
        note            varchar(255) not null default '',
        is_main         boolean      not null default false,
        status_id       bigint       references image_status,
        source_id       bigint       references image_source,
        is_ai_generated boolean      not null default false,
        uploaded_by     bigint       not null,
        is_active       boolean      not null default true,
        is_deleted      boolean      not null default false,
        created_at      timestamptz  not null default clock_timestamp(),
        updated_at      timestamptz  not null default clock_timestamp(),
        constraint image_owner_type_check check (owner_type in ('project', 'client', 'nomenklatura')),
        constraint image_file_check check (is_deleted or file_id is not null)
    )
    """,
)
INDEXES = (
    "create unique index image_status_code on image_status (code) where not is_deleted",
    "create index file_unrendered on file (next_attempt) where not is_rendered and error is null",
    "create unique index image_name on image (name)",
    "create unique index image_main on image (owner_type, owner_id) where is_main and not is_deleted",
    "create index image_owner on image (owner_type, owner_id) where not is_deleted",
    "create index image_newest on image (created_at, id) where not is_deleted",
    "create index image_newest_of_type on image (owner_type, created_at, id) where not is_deleted",
    "create index image_file on image (file_id)",
)
STATUSES = """
    insert into image_status (code, name, description, icon, "order") values
    ('store_before', 'Magazin - Tashrif oldidan', 'Agent tashrif buyurishdan oldin magazin holati', 'store', 1),
    ('store_after', 'Magazin - Tashrifdan keyin', 'Agent tashrif buyurganidan keyin magazin holati', 'store', 2),
    ('store_info', 'Magazin - Umumiy ma''lumot', 'Magazin haqidagi oddiy information rasmlar', 'info', 3),
    ('product_main', 'Mahsulot - Asosiy rasm', 'Mahsulotning asosiy ko''rinish rasmi', 'product', 4),
    ('product_gallery', 'Mahsulot - Galereya', 'Mahsulot galereyasi rasmlari', 'gallery', 5),
    ('product_packaging', 'Mahsulot - Qadoqlash', 'Mahsulot qadoqlash rasmlari', 'package', 6),
    ('other', 'Boshqa', 'Boshqa turdagi rasmlar', 'other', 99)
"""


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES, STATUSES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("image", "file", "image_source", "image_status"):
        op.execute(f"drop table {table}")
