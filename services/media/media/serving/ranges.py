"""Reads the header ``Range``."""

import re

_ONE = re.compile(r"bytes=(\d*)-(\d*)")


class Unsatisfiable(Exception):
    """The range lies outside the file."""


def parse_range(header: str | None, length: int) -> tuple[int, int] | None:
    """Return where the requested part begins and ends (not included), or None for the whole.

    Several parts at once are not offered: the whole is a right answer to that. Raises :class:`Unsatisfiable`.
    """
    match = _ONE.fullmatch((header or "").replace(" ", ""))
    if match is None or match.groups() == ("", "") or any(len(number) > 18 for number in match.groups()):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, length - int(last)), length
    else:
        start, end = int(first), min(int(last) + 1, length) if last else length
        if last and int(last) < start:
            return None
    if start >= length or start >= end:
        raise Unsatisfiable
    return start, end
