"""Fixes that cannot be meant are stored and marked, and give way to any other as the current position."""

from typing import Literal, LiteralString

from ecatalog.db.sql import Ident, Sql, compose

Reason = Literal["future_time", "week_rollover", "reset_clock", "zero_coordinates"]

# A clock that was reset shows 1970, the first weeks of GPS time or a factory's date, when no phone sent anything, or
# the start of the third era of GPS weeks. A receiver that counts weeks in ten bits is 1,024 of them (7,168 days) or
# twice that behind; it may have been offline for a month. Hours are added faster than days, which need the zone.
_REASON = """case
    when {fixed} > {arrived} + interval '10 minutes' then 'future_time'
    when {fixed} < {arrived} - interval '24 hours' * 1000 and (
         {fixed} between {arrived} - interval '24 hours' * 7198 and {arrived} - interval '24 hours' * 7167
      or {fixed} between {arrived} - interval '24 hours' * 14366 and {arrived} - interval '24 hours' * 14335
    ) then 'week_rollover'
    when {fixed} < timestamptz '2010-01-01T00:00:00Z'
      or {fixed} < timestamptz '2019-04-08T00:00:00Z' and {fixed} >= timestamptz '2019-04-06T23:59:42Z'
    then 'reset_clock'
    when {latitude} < 0.001 and {latitude} > -0.001 and {longitude} < 0.001 and {longitude} > -0.001
    then 'zero_coordinates'
end"""


def reason_sql(fixed: LiteralString, arrived: LiteralString, latitude: LiteralString, longitude: LiteralString) -> Sql:
    """Compose the :data:`Reason` why a fix cannot be meant; null for most."""
    return compose(
        _REASON, fixed=compose(fixed), arrived=compose(arrived), latitude=compose(latitude),
        longitude=compose(longitude),
    )  # fmt: skip


def gives_way_sql(row: Ident) -> Sql:
    """Compose whether any other fix is the better position; one from the future is good when its time has come."""
    return compose("coalesce({row}.suspect_reason <> 'future_time', false)", row=row)
