"""What phones send and what clients get of points."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ecatalog.fields.types import INT64, Boolean, DateTime, Json, Text
from pydantic import BaseModel, Field

from location.points.fields import AgentCode, ClientId, Coordinate, Count, IpAddress, Measure, Minor
from location.points.suspicion import Reason


class PointBody(BaseModel):
    """A point. ``id`` is made by the phone and tells a point that is sent again.

    Only ``id``, ``agent_code``, ``latitude``, ``longitude`` and ``logged_at`` can refuse it. Any other value that is
    unknown, out of range or none of its kind is stored as null (a text as "", a flag as its default), and is named in
    the answer's ``warnings``.
    """

    id: Annotated[str | None, ClientId()] = None
    agent_code: Annotated[str, AgentCode()]
    agent_name: Annotated[str, Minor(Text(150))] = ""
    agent_phone: Annotated[str, Minor(Text(50))] = ""
    region: Annotated[str, Minor(Text(120))] = ""
    device_id: Annotated[str, Minor(Text(120))] = ""
    device_name: Annotated[str, Minor(Text(120))] = ""
    device_manufacturer: Annotated[str, Minor(Text(100))] = ""
    device_model: Annotated[str, Minor(Text(100))] = ""
    platform: Annotated[str, Minor(Text(50))] = ""
    os_version: Annotated[str, Minor(Text(50))] = ""
    screen_width: Annotated[int | None, Minor(Count())] = None
    screen_height: Annotated[int | None, Minor(Count())] = None
    screen_density: Annotated[Decimal | None, Minor(Measure(5, 2, 0))] = None
    ram_total: Annotated[int | None, Minor(Count(INT64[1]))] = None
    ram_available: Annotated[int | None, Minor(Count(INT64[1]))] = None
    storage_total: Annotated[int | None, Minor(Count(INT64[1]))] = None
    storage_available: Annotated[int | None, Minor(Count(INT64[1]))] = None
    camera_front: Annotated[bool, Minor(Boolean())] = False
    camera_back: Annotated[bool, Minor(Boolean())] = False
    camera_resolution: Annotated[str, Minor(Text(50))] = ""
    app_version: Annotated[str, Minor(Text(40))] = ""
    app_build_number: Annotated[str, Minor(Text(50))] = ""
    app_installation_date: Annotated[datetime | None, Minor(DateTime())] = None
    app_last_update: Annotated[datetime | None, Minor(DateTime())] = None
    latitude: Annotated[Decimal, Coordinate(90)]
    longitude: Annotated[Decimal, Coordinate(180)]
    accuracy: Annotated[Decimal | None, Minor(Measure(7, 2, 0))] = None
    altitude: Annotated[Decimal | None, Minor(Measure(8, 2))] = None
    speed: Annotated[Decimal | None, Minor(Measure(6, 2, 0))] = None
    heading: Annotated[Decimal | None, Minor(Measure(6, 2, 0, 360))] = None
    city: Annotated[str, Minor(Text(100))] = ""
    country: Annotated[str, Minor(Text(100))] = ""
    postal_code: Annotated[str, Minor(Text(20))] = ""
    timezone: Annotated[str, Minor(Text(50))] = ""
    location_provider: Annotated[str, Minor(Text(50))] = ""
    battery_level: Annotated[Decimal | None, Minor(Measure(4, 1, 0))] = None
    is_charging: Annotated[bool, Minor(Boolean())] = False
    battery_health: Annotated[str, Minor(Text(50))] = ""
    battery_temperature: Annotated[Decimal | None, Minor(Measure(5, 2))] = None
    battery_voltage: Annotated[Decimal | None, Minor(Measure(6, 3, 0))] = None
    signal_strength: Annotated[str, Minor(Text(50))] = ""
    network_type: Annotated[str, Minor(Text(50))] = ""
    wifi_ssid: Annotated[str, Minor(Text(100))] = ""
    wifi_bssid: Annotated[str, Minor(Text(50))] = ""
    cellular_operator: Annotated[str, Minor(Text(100))] = ""
    cellular_network_type: Annotated[str, Minor(Text(50))] = ""
    ip_address: Annotated[str | None, Minor(IpAddress())] = None
    connection_type: Annotated[str, Minor(Text(50))] = ""
    accelerometer_x: Annotated[Decimal | None, Minor(Measure(8, 4))] = None
    accelerometer_y: Annotated[Decimal | None, Minor(Measure(8, 4))] = None
    accelerometer_z: Annotated[Decimal | None, Minor(Measure(8, 4))] = None
    gyroscope_x: Annotated[Decimal | None, Minor(Measure(8, 4))] = None
    gyroscope_y: Annotated[Decimal | None, Minor(Measure(8, 4))] = None
    gyroscope_z: Annotated[Decimal | None, Minor(Measure(8, 4))] = None
    magnetometer_x: Annotated[Decimal | None, Minor(Measure(8, 4))] = None
    magnetometer_y: Annotated[Decimal | None, Minor(Measure(8, 4))] = None
    magnetometer_z: Annotated[Decimal | None, Minor(Measure(8, 4))] = None
    proximity_sensor: Annotated[Decimal | None, Minor(Measure(8, 4, 0))] = None
    light_sensor: Annotated[Decimal | None, Minor(Measure(8, 2, 0))] = None
    temperature: Annotated[Decimal | None, Minor(Measure(5, 2))] = None
    humidity: Annotated[Decimal | None, Minor(Measure(5, 2, 0, 100))] = None
    pressure: Annotated[Decimal | None, Minor(Measure(7, 2, 0))] = None
    device_fingerprint: Annotated[str, Minor(Text(255))] = ""
    is_rooted: Annotated[bool, Minor(Boolean())] = False
    is_jailbroken: Annotated[bool, Minor(Boolean())] = False
    encryption_enabled: Annotated[bool, Minor(Boolean())] = False
    screen_lock_type: Annotated[str, Minor(Text(50))] = ""
    logged_at: Annotated[datetime | None, DateTime()] = None
    address: Annotated[str, Minor(Text(255))] = ""
    note: Annotated[str, Minor(Text())] = ""
    metadata: Annotated[Any | None, Minor(Json())] = Field(default_factory=dict)
    is_active: Annotated[bool, Minor(Boolean())] = True
    is_deleted: Annotated[bool, Minor(Boolean())] = False


class PointAnswer(BaseModel):
    """Numbers with fixed places come as text.

    ``is_suspect`` marks a fix that cannot be meant: its time is in the future, was that of a clock which was reset or
    lost 1,024 weeks, or it lies at 0, 0.
    """

    id: int
    is_active: bool
    is_deleted: bool
    created_at: datetime
    updated_at: datetime
    agent_code: str
    agent_name: str
    agent_phone: str
    region: str
    device_id: str
    device_name: str
    device_manufacturer: str
    device_model: str
    platform: str
    os_version: str
    screen_width: int | None
    screen_height: int | None
    screen_density: str | None
    ram_total: int | None
    ram_available: int | None
    storage_total: int | None
    storage_available: int | None
    camera_front: bool
    camera_back: bool
    camera_resolution: str
    app_version: str
    app_build_number: str
    app_installation_date: datetime | None
    app_last_update: datetime | None
    latitude: str
    longitude: str
    accuracy: str | None
    altitude: str | None
    speed: str | None
    heading: str | None
    city: str
    country: str
    postal_code: str
    timezone: str
    location_provider: str
    battery_level: str | None
    is_charging: bool
    battery_health: str
    battery_temperature: str | None
    battery_voltage: str | None
    signal_strength: str
    network_type: str
    wifi_ssid: str
    wifi_bssid: str
    cellular_operator: str
    cellular_network_type: str
    ip_address: str | None
    connection_type: str
    accelerometer_x: str | None
    accelerometer_y: str | None
    accelerometer_z: str | None
    gyroscope_x: str | None
    gyroscope_y: str | None
    gyroscope_z: str | None
    magnetometer_x: str | None
    magnetometer_y: str | None
    magnetometer_z: str | None
    proximity_sensor: str | None
    light_sensor: str | None
    temperature: str | None
    humidity: str | None
    pressure: str | None
    device_fingerprint: str
    is_rooted: bool
    is_jailbroken: bool
    encryption_enabled: bool
    screen_lock_type: str
    logged_at: datetime | None
    address: str
    note: str
    metadata: Any
    is_suspect: bool
    suspect_reason: Reason | None


class PointStored(PointAnswer):
    """``warnings`` is there when something that was sent is not stored: reasons by field."""

    warnings: dict[str, list[str]] = Field(default_factory=dict)
