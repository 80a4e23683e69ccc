"""Points side by side, which is how PostgreSQL takes many of them with the least work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

Values = dict[str, Any]
"""The columns of a point that were sent; ``id`` is the sender's."""


@dataclass(frozen=True, slots=True)
class Columns:
    """``values`` holds for each column that was sent its values, as many as there are points; None: not sent."""

    count: int
    values: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, points: Sequence[Values]) -> "Columns":
        names = sorted({name for point in points for name in point})
        values = {name: [point.get(name) for point in points] for name in names}
        if "metadata" in values:  # where null is a value, and not the one of a point that came without
            values["metadata"] = [point.get("metadata", {}) for point in points]
        return cls(len(points), values)

    def chosen(self, places: Sequence[int]) -> "Columns":
        """Some of the points."""
        return Columns(len(places), {name: [values[place] for place in places] for name, values in self.values.items()})


def array(name: str, values: Sequence[Any]) -> str:
    """A column as PostgreSQL reads an array; that of JSON is quoted as any other text."""
    if name == "metadata":
        values = [None if value is None else orjson.dumps(value).decode() for value in values]
    written = orjson.dumps(values, default=str).decode()
    # Within quotes both know a backslash, but to JSON it may be the begin of a name.
    items = ",".join(map(_quoted, values)) if "\\" in written else written[1:-1]
    return "{" + items + "}"


def _quoted(value: Any) -> str:
    if value is None:
        return "null"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
