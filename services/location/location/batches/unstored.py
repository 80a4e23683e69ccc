"""What is not stored of a batch's points, told once for all points that have the same trouble."""

from typing import Any

from location.points.checking import CLEAN, Warnings


class Unstored:
    """Gathers warnings by field and reason, for a phone that does not know its heading says so in each point."""

    def __init__(self) -> None:
        self._indexes: dict[tuple[str, str], list[int]] = {}

    def add(self, index: int, warnings: Warnings) -> None:
        """What is not stored of the point at this place of the batch."""
        for field, reasons in warnings.items():
            for reason in reasons:
                self._indexes.setdefault((field, reason), []).append(index)

    def told(self) -> dict[str, Any]:
        """The ``warnings`` of an answer, in the order of the fields; nothing when there are none."""
        if not self._indexes:
            return {}
        found = sorted(self._indexes.items(), key=lambda item: (_PLACES[item[0][0]], item[1]))
        return {"warnings": [{"field": field, "reason": reason, "indexes": at} for (field, reason), at in found]}


_PLACES = {name: place for place, name in enumerate(CLEAN)}
