"""Points are rendered, filtered and searched here, and each user sees those of its role."""

import re
from datetime import datetime
from typing import Any

from ecatalog.core.clock import local_zone
from ecatalog.core.errors import FieldErrors
from ecatalog.db.render import TIMESTAMP
from ecatalog.db.sql import Ident, Sql, compose
from ecatalog.entities.filters import NULL_CHARACTERS, Filter, FilterSet, InvalidFilter, Where, escape_like, exact
from ecatalog.entities.rendering import Rendering
from ecatalog.security.permissions import Principal

from location.points.models import Point
from location.points.schemas import PointOut

TABLE: Any = Point
SEARCHED = ("agent_code", "agent_name", "agent_phone", "region", "device_id", "device_name")
SENT_TIMES = frozenset({"app_installation_date", "app_last_update", "logged_at"})
MAX_WORDS = 10

_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?\s*(Z|[+-]\d{2}(:?\d{2})?)?)?")
_US = ("%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%y")


_COUNTERS = {
    "agent_position": ("t.agent_code = ",),
    "agent_day": ("t.agent_code = ", "t.region = "),
}
"""Tables that count points, with the conditions under which they can answer."""


def parse_moment(raw: str) -> datetime:
    """Read a time, or a date as its midnight; without an offset it is local."""
    moment = _iso(raw) if _ISO.fullmatch(raw) else _american(raw)
    if moment is None or not 2 <= moment.year <= 9998:
        raise InvalidFilter("Enter a valid date/time.")
    return moment if moment.tzinfo else moment.replace(tzinfo=local_zone())


def _iso(raw: str) -> datetime | None:
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        return None


def _american(raw: str) -> datetime | None:
    for form in _US:
        try:
            return datetime.strptime(raw, form).replace(tzinfo=local_zone())
        except ValueError:
            continue
    return None


def moment(name: str, comparison: str) -> Filter:
    schema = {"type": "string", "format": "date-time"}
    return Filter(
        name, f"t.created_at {comparison} {{value}}", parse_moment, "From, or up to, this moment of arrival.", schema
    )


class Points(Rendering):
    """Renders times of phones as precisely as they came, and counts millions of points by agents and regions."""

    def _render(self, name: str) -> Sql:
        if name in SENT_TIMES:
            return compose(
                "replace(to_char(t.{name}, {format}), '.000000', '') as {name}", name=Ident(name), format=TIMESTAMP
            )
        return super()._render(name)

    def count_sql(self, where: Where) -> Sql:
        for counter, known in _COUNTERS.items():
            if all(condition.startswith(known) for condition in where.conditions):
                return compose(
                    "select coalesce(sum(t.points), 0)::bigint from {counter} t where {where}",
                    counter=Ident(counter), where=where.sql,
                )  # fmt: skip
        return super().count_sql(where)


POINTS = Points(
    table=TABLE.__table__,
    schema=PointOut,
    nested={"is_suspect": "t.suspect_reason is not null"},
    filters=FilterSet(
        *map(exact, ("agent_code", "region", "platform", "device_id", "agent_name", "agent_phone")),
        *map(exact, ("device_manufacturer", "city")),
        moment("date_from", ">="),
        moment("date_to", "<="),
    ),
)


def visible(principal: Principal) -> Where:
    """Select the rows that a user sees: an agent its own, which are those of its code; others all."""
    where = Where()
    if principal.role == "agent":
        if principal.agent_code:
            where.add("t.agent_code = {value}", principal.agent_code)
        else:
            where.add("false")
    return where


def search(phrase: str, where: Where) -> None:
    """Select the rows in which each word stands somewhere."""
    if "\x00" in phrase:
        raise FieldErrors({"search": [NULL_CHARACTERS]})
    for word in phrase.split()[:MAX_WORDS]:
        pattern = where.parameter(f"%{escape_like(word)}%")
        where.add("(" + " or ".join(f"t.{name} ilike {pattern}" for name in SEARCHED) + ")")
