"""Make the tables of positions."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

POINT = """
    create table location_point (
        id                    bigint not null default nextval('location_point_id_seq'),
        fixed_at              timestamptz not null,
        client_id             uuid,
        is_active             boolean not null default true,
        is_deleted            boolean not null default false,
        created_at            timestamptz not null,
        updated_at            timestamptz not null,
        agent_code            varchar(100) not null,
        agent_name            varchar(150) not null default '',
        agent_phone           varchar(50) not null default '',
        region                varchar(120) not null default '',
        device_id             varchar(120) not null default '',
        device_name           varchar(120) not null default '',
        device_manufacturer   varchar(100) not null default '',
        device_model          varchar(100) not null default '',
        platform              varchar(50) not null default '',
        os_version            varchar(50) not null default '',
        screen_width          integer,
        screen_height         integer,
        screen_density        numeric(5, 2),
        ram_total             bigint,
        ram_available         bigint,
        storage_total         bigint,
        storage_available     bigint,
        camera_front          boolean not null default false,
        camera_back           boolean not null default false,
        camera_resolution     varchar(50) not null default '',
        app_version           varchar(40) not null default '',
        app_build_number      varchar(50) not null default '',
        app_installation_date timestamptz,
        app_last_update       timestamptz,
        latitude              numeric(9, 6) not null,
        longitude             numeric(9, 6) not null,
        accuracy              numeric(7, 2),
        altitude              numeric(8, 2),
        speed                 numeric(6, 2),
        heading               numeric(6, 2),
        city                  varchar(100) not null default '',
        country               varchar(100) not null default '',
        postal_code           varchar(20) not null default '',
        timezone              varchar(50) not null default '',
        location_provider     varchar(50) not null default '',
        battery_level         numeric(4, 1),
        is_charging           boolean not null default false,
        battery_health        varchar(50) not null default '',
        battery_temperature   numeric(5, 2),
        battery_voltage       numeric(6, 3),
        signal_strength       varchar(50) not null default '',
        network_type          varchar(50) not null default '',
        wifi_ssid             varchar(100) not null default '',
        wifi_bssid            varchar(50) not null default '',
        cellular_operator     varchar(100) not null default '',
        cellular_network_type varchar(50) not null default '',
        ip_address            varchar(39),
        connection_type       varchar(50) not null default '',
        accelerometer_x       numeric(8, 4),
        accelerometer_y       numeric(8, 4),
        accelerometer_z       numeric(8, 4),
        gyroscope_x           numeric(8, 4),
        gyroscope_y           numeric(8, 4),
        gyroscope_z           numeric(8, 4),
        magnetometer_x        numeric(8, 4),
        magnetometer_y        numeric(8, 4),
        magnetometer_z        numeric(8, 4),
        proximity_sensor      numeric(8, 4),
        light_sensor          numeric(8, 2),
        temperature           numeric(5, 2),
        humidity              numeric(5, 2),
        pressure              numeric(7, 2),
        device_fingerprint    varchar(255) not null default '',
        is_rooted             boolean not null default false,
        is_jailbroken         boolean not null default false,
        encryption_enabled    boolean not null default false,
        screen_lock_type      varchar(50) not null default '',
        logged_at             timestamptz,
        address               varchar(255) not null default '',
        note                  text not null default '',
        metadata              jsonb default '{}',
        primary key (id, fixed_at)
    ) partition by range (fixed_at)
"""

# What is sent again is found by this key, and an agent's day lies together in it.
TRACK = """
    create unique index location_point_track
        on location_point (agent_code, fixed_at, latitude, longitude, client_id) nulls not distinct
"""

SEEN = """
    create table location_seen (
        agent_code varchar(100) not null,
        client_id  uuid         not null,
        fixed_at   timestamptz  not null,
        seen_at    timestamptz  not null default now(),
        primary key (agent_code, client_id)
    )
"""

POSITION = """
    create table agent_position (
        agent_code    varchar(100) primary key,
        points        bigint       not null,
        point_id      bigint,
        fixed_at      timestamptz,
        latitude      numeric(9, 6),
        longitude     numeric(9, 6),
        agent_name    varchar(150) not null default '',
        agent_phone   varchar(50)  not null default '',
        region        varchar(120) not null default '',
        accuracy      numeric(7, 2),
        speed         numeric(6, 2),
        heading       numeric(6, 2),
        battery_level numeric(4, 1),
        unpublished   boolean      not null default true
    ) with (fillfactor = 60)
"""

DAY = """
    create table agent_day (
        region     varchar(120) not null,
        day        date         not null,
        agent_code varchar(100) not null,
        points     bigint       not null,
        primary key (region, day, agent_code)
    ) with (fillfactor = 70)
"""

UP = (
    "create sequence location_point_id_seq",
    POINT,
    "alter sequence location_point_id_seq owned by location_point.id",
    # Partitions lie in a schema of their own: there are many of them, and nobody names them.
    "create schema track",
    "create table track.other partition of location_point default",
    TRACK,
    "create index location_point_created on location_point (created_at, id) where not is_deleted",
    SEEN,
    "create index location_seen_at on location_seen using brin (seen_at)",
    POSITION,
    "create index agent_position_unpublished on agent_position (agent_code) where unpublished",
    DAY,
    "create index agent_day_day on agent_day (day)",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for table in ("agent_day", "agent_position", "location_seen", "location_point"):
        op.execute(f"drop table {table}")
    op.execute("drop schema track")
