"""Fixes that cannot be meant. They are stored and marked, and give way to any other as the current position."""

from typing import Literal

Reason = Literal["future_time", "week_rollover", "reset_clock", "zero_coordinates"]

# Where clocks stand that were reset (1970, the first weeks of GPS time, a factory's date) no phone sent anything yet;
# the third era of GPS weeks began later. A receiver that counts weeks in ten bits is 1,024 of them (7,168 days) or
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


def reason_sql(fixed: str, arrived: str, latitude: str, longitude: str) -> str:
    """Why a fix cannot be meant, a :data:`Reason`; null for most."""
    return _REASON.format(fixed=fixed, arrived=arrived, latitude=latitude, longitude=longitude)


def gives_way_sql(row: str) -> str:
    """Whether any other fix is the better current position; one from the future is good when its time has come."""
    return f"coalesce({row}.suspect_reason <> 'future_time', false)"
