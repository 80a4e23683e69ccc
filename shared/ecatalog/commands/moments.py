"""Parses points in time as an administrator types them."""

import re
from datetime import UTC, datetime, timedelta

import typer

from ecatalog.core.clock import local_zone

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse(typed: str) -> datetime:
    """Parse ``90s``, ``10m``, ``2h``, ``3d`` ago, or a time in ISO 8601; without an offset it is a local one."""
    if found := re.fullmatch(r"(\d{1,6})([smhd])", typed.strip()):
        return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise typer.BadParameter(f"{typed!r} is neither an age such as 2h or 3d nor a time in ISO 8601") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=local_zone())).astimezone(UTC)
