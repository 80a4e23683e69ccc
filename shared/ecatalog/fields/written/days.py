"""Days. The one that is written counts, whatever the zone: 1C gives days the time of midnight, and its own zone."""

import re
from datetime import date

from ecatalog.fields.written.signs import evenly_spaced, seen

_TIME = r"(?:(?:T| +)(?:[01]?\d|2[0-4]):[0-5]\d(?::(?:[0-5]\d|60)(?:[.,]\d{1,9})?)?(?: ?[AP]M)?)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?))?"
_PACKED_TIME = r"(?:T?(?:[01]\d|2[0-4])[0-5]\d(?:[0-5]\d|60))?"
_FORMS = tuple(
    re.compile(form + _ZONE, re.ASCII | re.IGNORECASE)
    for form in (
        rf"(?P<y>\d{{4}})(?P<s>[-./])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}}){_TIME}",
        rf"(?P<d>\d{{1,2}})(?P<s>[-./])(?P<m>\d{{1,2}})(?P=s)(?P<y>\d{{4}}){_TIME}",
        rf"(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}}){_PACKED_TIME}",
    )
)
_PLAIN_LENGTH, _LONGEST = len("YYYY-MM-DD"), 100
_YEAR_OF_NONE = 1
"""1C writes an empty date with this year."""


def read_day(text: str) -> str | None:
    """Return ``YYYY-MM-DD``, or None for 1C's empty date. Raises ValueError."""
    if len(text) == _PLAIN_LENGTH and text[4] == text[7] == "-":
        return _told(date.fromisoformat(text))
    if len(text) > _LONGEST:
        raise ValueError("too long for a day")
    plain = evenly_spaced(seen(text))
    for form in _FORMS:
        if found := form.fullmatch(plain):
            return _told(date(int(found["y"]), int(found["m"]), int(found["d"])))
    raise ValueError("not a day")


def _told(day: date) -> str | None:
    return None if day.year == _YEAR_OF_NONE else day.isoformat()
