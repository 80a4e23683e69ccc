"""The table of points, and the tables from which counts and current positions are read."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ecatalog.fields.column import column
from ecatalog.fields.types import INT64, Boolean, Date, DateTime, Integer, Json, Text
from pydantic import BaseModel
from sqlalchemy import Index, Sequence, text

from location.points.fields import AgentCode, ClientId, Coordinate, Count, IpAddress, Measure, Minor
from location.tables import Base

IDS = Sequence("location_point_id_seq")


class PointBase(BaseModel):
    """The columns of a point that senders fill. Each says once its type, its limits and its default.

    Only ``client_id`` (the ``id`` of the sender), ``agent_code``, ``latitude``, ``longitude`` and ``logged_at`` can
    refuse a point: all others are :class:`Minor`. Events of positions show what is ``public``, without a sentence each.
    """

    client_id: str | None = column(ClientId(), None, alias="id")
    agent_code: str = column(AgentCode(), public="")
    agent_name: str = column(Minor(Text(150)), "", public="")
    agent_phone: str = column(Minor(Text(50)), "", public="")
    region: str = column(Minor(Text(120)), "", public="")
    device_id: str = column(Minor(Text(120)), "")
    device_name: str = column(Minor(Text(120)), "")
    device_manufacturer: str = column(Minor(Text(100)), "")
    device_model: str = column(Minor(Text(100)), "")
    platform: str = column(Minor(Text(50)), "")
    os_version: str = column(Minor(Text(50)), "")
    screen_width: int | None = column(Minor(Count()), None)
    screen_height: int | None = column(Minor(Count()), None)
    screen_density: Decimal | None = column(Minor(Measure(5, 2, 0)), None)
    ram_total: int | None = column(Minor(Count(INT64[1])), None)
    ram_available: int | None = column(Minor(Count(INT64[1])), None)
    storage_total: int | None = column(Minor(Count(INT64[1])), None)
    storage_available: int | None = column(Minor(Count(INT64[1])), None)
    camera_front: bool = column(Minor(Boolean()), False)
    camera_back: bool = column(Minor(Boolean()), False)
    camera_resolution: str = column(Minor(Text(50)), "")
    app_version: str = column(Minor(Text(40)), "")
    app_build_number: str = column(Minor(Text(50)), "")
    app_installation_date: datetime | None = column(Minor(DateTime()), None)
    app_last_update: datetime | None = column(Minor(DateTime()), None)
    latitude: Decimal = column(Coordinate(90), public="")
    longitude: Decimal = column(Coordinate(180), public="")
    accuracy: Decimal | None = column(Minor(Measure(7, 2, 0)), None, public="")
    altitude: Decimal | None = column(Minor(Measure(8, 2)), None)
    speed: Decimal | None = column(Minor(Measure(6, 2, 0)), None, public="")
    heading: Decimal | None = column(Minor(Measure(6, 2, 0, 360)), None, public="")
    city: str = column(Minor(Text(100)), "")
    country: str = column(Minor(Text(100)), "")
    postal_code: str = column(Minor(Text(20)), "")
    timezone: str = column(Minor(Text(50)), "")
    location_provider: str = column(Minor(Text(50)), "")
    battery_level: Decimal | None = column(Minor(Measure(4, 1, 0)), None, public="")
    is_charging: bool = column(Minor(Boolean()), False)
    battery_health: str = column(Minor(Text(50)), "")
    battery_temperature: Decimal | None = column(Minor(Measure(5, 2)), None)
    battery_voltage: Decimal | None = column(Minor(Measure(6, 3, 0)), None)
    signal_strength: str = column(Minor(Text(50)), "")
    network_type: str = column(Minor(Text(50)), "")
    wifi_ssid: str = column(Minor(Text(100)), "")
    wifi_bssid: str = column(Minor(Text(50)), "")
    cellular_operator: str = column(Minor(Text(100)), "")
    cellular_network_type: str = column(Minor(Text(50)), "")
    ip_address: str | None = column(Minor(IpAddress()), None)
    connection_type: str = column(Minor(Text(50)), "")
    accelerometer_x: Decimal | None = column(Minor(Measure(8, 4)), None)
    accelerometer_y: Decimal | None = column(Minor(Measure(8, 4)), None)
    accelerometer_z: Decimal | None = column(Minor(Measure(8, 4)), None)
    gyroscope_x: Decimal | None = column(Minor(Measure(8, 4)), None)
    gyroscope_y: Decimal | None = column(Minor(Measure(8, 4)), None)
    gyroscope_z: Decimal | None = column(Minor(Measure(8, 4)), None)
    magnetometer_x: Decimal | None = column(Minor(Measure(8, 4)), None)
    magnetometer_y: Decimal | None = column(Minor(Measure(8, 4)), None)
    magnetometer_z: Decimal | None = column(Minor(Measure(8, 4)), None)
    proximity_sensor: Decimal | None = column(Minor(Measure(8, 4, 0)), None)
    light_sensor: Decimal | None = column(Minor(Measure(8, 2, 0)), None)
    temperature: Decimal | None = column(Minor(Measure(5, 2)), None)
    humidity: Decimal | None = column(Minor(Measure(5, 2, 0, 100)), None)
    pressure: Decimal | None = column(Minor(Measure(7, 2, 0)), None)
    device_fingerprint: str = column(Minor(Text(255)), "")
    is_rooted: bool = column(Minor(Boolean()), False)
    is_jailbroken: bool = column(Minor(Boolean()), False)
    encryption_enabled: bool = column(Minor(Boolean()), False)
    screen_lock_type: str = column(Minor(Text(50)), "")
    logged_at: datetime | None = column(DateTime(), None)
    address: str = column(Minor(Text(255)), "")
    note: str = column(Minor(Text()), "")
    extra: Any | None = column(Minor(Json()), default_factory=dict, name="metadata", alias="metadata")
    is_active: bool = column(Minor(Boolean()), True)
    is_deleted: bool = column(Minor(Boolean()), False)


class Point(PointBase, Base, table=True):
    """Records where an agent was. ``fixed_at`` is ``logged_at``, or the arrival of a point without one.

    Partitioned by ``fixed_at``. A point that comes with neither an id nor a time gets a ``client_id`` here, so that it
    is never taken for another.
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

    id: int = column(
        Integer(INT64), primary_key=True, sa_column_args=(IDS,), sa_column_kwargs={"server_default": IDS.next_value()}
    )
    fixed_at: datetime = column(DateTime(), primary_key=True, public="")
    created_at: datetime = column(DateTime())
    updated_at: datetime = column(DateTime())
    suspect_reason: str | None = column(Text(20), None, public="")


class SeenPoint(Base, table=True):
    """Ids that senders gave to points. A point comes again as long as its phone does not know that it has arrived."""

    __tablename__ = "location_seen"
    __table_args__ = (Index("location_seen_at", "seen_at", postgresql_using="brin"),)

    agent_code: str = column(Text(100), primary_key=True)
    client_id: str = column(ClientId(), primary_key=True)
    fixed_at: datetime = column(DateTime())
    seen_at: datetime = column(DateTime())


class Position(Base, table=True):
    """An agent's newest point by fix time, and the number of its points; ``unpublished`` until its event is written.

    At ``next_at`` the first of its fixes from the future may take over.
    """

    __tablename__ = "agent_position"
    __table_args__ = (
        Index("agent_position_unpublished", "agent_code", postgresql_where=text("unpublished")),
        Index("agent_position_next", "next_at", postgresql_where=text("next_at is not null")),
    )

    agent_code: str = column(Text(100), primary_key=True)
    points: int = column(Integer(INT64))
    point_id: int | None = column(Integer(INT64), None)
    fixed_at: datetime | None = column(DateTime(), None)
    latitude: Decimal | None = column(Coordinate(90), None)
    longitude: Decimal | None = column(Coordinate(180), None)
    agent_name: str = column(Text(150), "")
    agent_phone: str = column(Text(50), "")
    region: str = column(Text(120), "")
    accuracy: Decimal | None = column(Measure(7, 2), None)
    speed: Decimal | None = column(Measure(6, 2), None)
    heading: Decimal | None = column(Measure(6, 2), None)
    battery_level: Decimal | None = column(Measure(4, 1), None)
    unpublished: bool = column(Boolean(), True)
    suspect_reason: str | None = column(Text(20), None)
    next_at: datetime | None = column(DateTime(), None)


class AgentDay(Base, table=True):
    """The number of an agent's points of a region and a day of the configured zone."""

    __tablename__ = "agent_day"
    __table_args__ = (Index("agent_day_day", "day"),)

    region: str = column(Text(120), primary_key=True)
    day: date = column(Date(), primary_key=True)
    agent_code: str = column(Text(100), primary_key=True)
    points: int = column(Integer(INT64))
