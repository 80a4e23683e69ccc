"""The bad habits of modules of 1C that sites meet in practice, each of which can be switched on."""

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["utf-8", "windows-1251"]


@dataclass(frozen=True)
class Habits:
    """How this 1C differs from one that does as the protocol says.

    ``breaks_after`` parts its connection goes in the middle of the next one, once, and it begins anew.
    ``part_size`` in bytes is used where the site allows larger parts. ``names`` is the encoding of the names of files.
    """

    loses_cookie: bool = False
    forgets_login: bool = False
    is_http10: bool = False
    breaks_after: int | None = None
    repeats_imports: bool = False
    never_completes: bool = False
    part_size: int | None = None
    names: Encoding = "utf-8"
