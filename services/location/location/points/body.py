"""The body of a request sends or changes one point."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecatalog.core.errors import FieldErrors
from ecatalog.http.body import BodyReader

from location.points.checking import NEEDED, PointRejected, Warnings, check
from location.points.columns import Values
from location.points.parsing import parse_points
from location.points.schemas import PointIn


@dataclass(frozen=True, slots=True)
class Sent:
    """The columns that were sent, and warnings for those that are not stored."""

    values: Values
    warnings: Warnings


class PointReader(BodyReader[Sent]):
    """Reads a point, or with ``partial`` the changes of one."""

    parse = staticmethod(parse_points)

    def validate(self, data: Mapping[str, Any]) -> Sent:
        try:
            return Sent(*check(data, () if self.partial else NEEDED))
        except PointRejected as rejected:
            raise FieldErrors(rejected.reasons) from None


NEW = PointReader(PointIn)
WHOLE = PointReader(PointIn, optional=frozenset(PointIn.model_fields).difference(NEEDED))
PART = PointReader(PointIn, partial=True)
