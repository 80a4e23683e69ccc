"""The request body of a point and its answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from location.points.models import PointBase
from location.points.suspicion import Reason


class PointIn(PointBase):
    """A point. ``id`` is made by the phone and tells a point that is sent again.

    Only ``id``, ``agent_code``, ``latitude``, ``longitude`` and ``logged_at`` can refuse it. Any other value that is
    unknown, out of range or none of its kind is stored as null (a text as "", a flag as its default), and is named in
    the answer's ``warnings``.
    """


class PointOut(BaseModel):
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


class PointStored(PointOut):
    """``warnings`` is there when something that was sent is not stored: reasons by field."""

    warnings: dict[str, list[str]] = Field(default_factory=dict)
