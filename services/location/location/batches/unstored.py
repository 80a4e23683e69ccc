"""Warnings of a batch: each reason is named once, with all points that it concerns."""

from typing import Any

from location.points.checking import CLEAN, Warnings


class Unstored:
    """Groups warnings by field and reason: a phone that does not know its heading sends a bad one in each point."""

    def __init__(self) -> None:
        self._indexes: dict[tuple[str, str], list[int]] = {}

    def add(self, index: int, warnings: Warnings) -> None:
        """Add the warnings of the point at this index of the batch."""
        for field, reasons in warnings.items():
            for reason in reasons:
                self._indexes.setdefault((field, reason), []).append(index)

    def answer(self) -> dict[str, Any]:
        """Return ``warnings`` in the order of the fields, or nothing when there are none."""
        if not self._indexes:
            return {}
        found = sorted(self._indexes.items(), key=lambda item: (_POSITIONS[item[0][0]], item[1]))
        return {"warnings": [{"field": field, "reason": reason, "indexes": at} for (field, reason), at in found]}


_POSITIONS = {name: position for position, name in enumerate(CLEAN)}
