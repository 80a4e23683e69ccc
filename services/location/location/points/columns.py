"""Points are held by columns, which PostgreSQL takes with the least work when there are many of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

FACTS = frozenset({
    "app_build_number", "app_installation_date", "app_last_update", "app_version", "camera_back", "camera_front",
    "camera_resolution", "device_fingerprint", "device_id", "device_manufacturer", "device_model", "device_name",
    "encryption_enabled", "is_jailbroken", "is_rooted", "os_version", "platform", "ram_total", "screen_density",
    "screen_height", "screen_lock_type", "screen_width", "storage_total",
})  # fmt: skip
"""What a phone says of itself with each point, and is the same in all points of a batch."""

Values = dict[str, Any]
"""The columns of a point that were sent; ``id`` is the sender's."""


@dataclass(frozen=True, slots=True)
class Columns:
    """``values`` holds for each column that was sent one value a point; None for a point that came without it."""

    count: int
    values: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, points: Sequence[Values]) -> "Columns":
        names = sorted({name for point in points for name in point})
        values = {name: [point.get(name) for point in points] for name in names}
        if "metadata" in values:  # null is a value of it, and another one than that of a point that came without
            values["metadata"] = [point.get("metadata", {}) for point in points]
        return cls(len(points), values)

    def facts(self) -> Values:
        """Return the :data:`FACTS` that were sent, when each is the same for all points; otherwise nothing."""
        facts = {name: values[0] for name, values in self.values.items() if name in FACTS}
        same = all(self.values[name].count(value) == self.count for name, value in facts.items())
        return facts if same else {}

    def chosen(self, indexes: Sequence[int]) -> "Columns":
        """Return some of the points."""
        return Columns(
            len(indexes), {name: [values[index] for index in indexes] for name, values in self.values.items()}
        )


def array(name: str, values: Sequence[Any]) -> str:
    """Write a column as PostgreSQL reads an array. JSON is quoted as any other text."""
    if name == "metadata":
        values = [None if value is None else orjson.dumps(value).decode() for value in values]
    written = orjson.dumps(values, default=str).decode()
    # Both know a backslash within quotes, but in JSON it may start the name of a character.
    items = ",".join(map(_quoted, values)) if "\\" in written else written[1:-1]
    return "{" + items + "}"


def _quoted(value: Any) -> str:
    if value is None:
        return "null"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
