"""The table of points, and what is kept of them for quick answers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Index, Numeric, Sequence, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from location.tables import Base

IDS = Sequence("location_point_id_seq")


class Point(Base, table=True):
    """Where an agent was. ``fixed_at`` is ``logged_at``, or the arrival of a point without one.

    Partitioned by ``fixed_at``. ``client_id`` is the sender's id of the point; a point with neither an id nor a time
    gets one, so that it is never taken for another.
    """

    __tablename__ = "location_point"
    __table_args__ = (
        Index(
            "location_point_track", "agent_code", "fixed_at", "latitude", "longitude", "client_id",
            unique=True, postgresql_nulls_not_distinct=True,
        ),
        Index("location_point_created", "created_at", "id", postgresql_where=text("not is_deleted")),
        {"postgresql_partition_by": "range (fixed_at)"},
    )  # fmt: skip

    id: int = Field(sa_column=Column(BigInteger, IDS, server_default=IDS.next_value(), primary_key=True))
    fixed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    client_id: UUID | None = None
    is_active: bool = True
    is_deleted: bool = False
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))
    agent_code: str = Field(max_length=100)
    agent_name: str = Field(default="", max_length=150)
    agent_phone: str = Field(default="", max_length=50)
    region: str = Field(default="", max_length=120)
    device_id: str = Field(default="", max_length=120)
    device_name: str = Field(default="", max_length=120)
    device_manufacturer: str = Field(default="", max_length=100)
    device_model: str = Field(default="", max_length=100)
    platform: str = Field(default="", max_length=50)
    os_version: str = Field(default="", max_length=50)
    screen_width: int | None = None
    screen_height: int | None = None
    screen_density: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    ram_total: int | None = Field(default=None, sa_type=BigInteger)
    ram_available: int | None = Field(default=None, sa_type=BigInteger)
    storage_total: int | None = Field(default=None, sa_type=BigInteger)
    storage_available: int | None = Field(default=None, sa_type=BigInteger)
    camera_front: bool = False
    camera_back: bool = False
    camera_resolution: str = Field(default="", max_length=50)
    app_version: str = Field(default="", max_length=40)
    app_build_number: str = Field(default="", max_length=50)
    app_installation_date: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    app_last_update: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    latitude: Decimal = Field(sa_type=Numeric(9, 6))
    longitude: Decimal = Field(sa_type=Numeric(9, 6))
    accuracy: Decimal | None = Field(default=None, sa_type=Numeric(7, 2))
    altitude: Decimal | None = Field(default=None, sa_type=Numeric(8, 2))
    speed: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    heading: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    city: str = Field(default="", max_length=100)
    country: str = Field(default="", max_length=100)
    postal_code: str = Field(default="", max_length=20)
    timezone: str = Field(default="", max_length=50)
    location_provider: str = Field(default="", max_length=50)
    battery_level: Decimal | None = Field(default=None, sa_type=Numeric(4, 1))
    is_charging: bool = False
    battery_health: str = Field(default="", max_length=50)
    battery_temperature: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    battery_voltage: Decimal | None = Field(default=None, sa_type=Numeric(6, 3))
    signal_strength: str = Field(default="", max_length=50)
    network_type: str = Field(default="", max_length=50)
    wifi_ssid: str = Field(default="", max_length=100)
    wifi_bssid: str = Field(default="", max_length=50)
    cellular_operator: str = Field(default="", max_length=100)
    cellular_network_type: str = Field(default="", max_length=50)
    ip_address: str | None = Field(default=None, max_length=39)
    connection_type: str = Field(default="", max_length=50)
    accelerometer_x: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    accelerometer_y: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    accelerometer_z: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    gyroscope_x: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    gyroscope_y: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    gyroscope_z: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    magnetometer_x: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    magnetometer_y: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    magnetometer_z: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    proximity_sensor: Decimal | None = Field(default=None, sa_type=Numeric(8, 4))
    light_sensor: Decimal | None = Field(default=None, sa_type=Numeric(8, 2))
    temperature: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    humidity: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    pressure: Decimal | None = Field(default=None, sa_type=Numeric(7, 2))
    device_fingerprint: str = Field(default="", max_length=255)
    is_rooted: bool = False
    is_jailbroken: bool = False
    encryption_enabled: bool = False
    screen_lock_type: str = Field(default="", max_length=50)
    logged_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    address: str = Field(default="", max_length=255)
    note: str = Field(default="", sa_type=Text)
    # "metadata" is SQLAlchemy's own name on a class; the column keeps the contract's.
    extra: Any = Field(default_factory=dict, sa_column=Column("metadata", JSONB, nullable=True))
    suspect_reason: str | None = Field(default=None, max_length=20)


class SeenPoint(Base, table=True):
    """Ids that clients gave to points, which arrive again while a phone does not know that they have."""

    __tablename__ = "location_seen"
    __table_args__ = (Index("location_seen_at", "seen_at", postgresql_using="brin"),)

    agent_code: str = Field(max_length=100, primary_key=True)
    client_id: UUID = Field(primary_key=True)
    fixed_at: datetime = Field(sa_type=DateTime(timezone=True))
    seen_at: datetime = Field(sa_type=DateTime(timezone=True))


class Position(Base, table=True):
    """An agent's newest point by fix time, and how many points it has; ``unpublished`` until others were told.

    ``next_at`` is when the first of its fixes from the future may take over.
    """

    __tablename__ = "agent_position"
    __table_args__ = (
        Index("agent_position_unpublished", "agent_code", postgresql_where=text("unpublished")),
        Index("agent_position_next", "next_at", postgresql_where=text("next_at is not null")),
    )

    agent_code: str = Field(max_length=100, primary_key=True)
    points: int = Field(sa_type=BigInteger)
    point_id: int | None = Field(default=None, sa_type=BigInteger)
    fixed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    latitude: Decimal | None = Field(default=None, sa_type=Numeric(9, 6))
    longitude: Decimal | None = Field(default=None, sa_type=Numeric(9, 6))
    agent_name: str = Field(default="", max_length=150)
    agent_phone: str = Field(default="", max_length=50)
    region: str = Field(default="", max_length=120)
    accuracy: Decimal | None = Field(default=None, sa_type=Numeric(7, 2))
    speed: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    heading: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    battery_level: Decimal | None = Field(default=None, sa_type=Numeric(4, 1))
    unpublished: bool = True
    suspect_reason: str | None = Field(default=None, max_length=20)
    next_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class AgentDay(Base, table=True):
    """How many points an agent has of a region and a day of the configured zone."""

    __tablename__ = "agent_day"
    __table_args__ = (Index("agent_day_day", "day"),)

    region: str = Field(max_length=120, primary_key=True)
    day: date = Field(primary_key=True)
    agent_code: str = Field(max_length=100, primary_key=True)
    points: int = Field(sa_type=BigInteger)
