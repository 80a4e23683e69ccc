"""The names of files, which are only names: nothing is ever written under them."""

import re
import unicodedata

from integration.files.limits import LARGEST_NAME, Excess, FileRefused

KEPT = (".xml", ".zip")
"""Of files with other endings, pictures for the most part, nothing is kept."""

_ABSOLUTE = re.compile(r"/|[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def clean_name(sent: str) -> str:
    """Return the name in one spelling, whichever slashes it was sent with; raises FileRefused for one that climbs."""
    name = unicodedata.normalize("NFC", sent).replace("\\", "/")
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if not parts or _ABSOLUTE.match(name) or ".." in parts or _CONTROL.search(name) or len(name) > LARGEST_NAME:
        raise FileRefused(Excess.NAME)
    return "/".join(parts)


def is_kept(name: str) -> bool:
    return name.lower().endswith(KEPT)
