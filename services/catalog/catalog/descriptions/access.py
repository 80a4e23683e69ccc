"""Reads the key and the address of a model's server, as people paste them."""

import unicodedata
from urllib.parse import urlsplit

from catalog.descriptions.failures import NO_KEY, RunStopped
from catalog.settings import CatalogSettings

# Quotes of every alphabet, blanks that are seen and unseen, and what a line of a file leaves behind.
_QUOTES = "\"'`\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a"
_AROUND = _QUOTES + "\u00a0\u200b\u200c\u200d\u2060\ufeff;, \t\r\n\x0b\x0c"
_CONTROLS = {"\n": "line break", "\r": "line break", "\t": "tab"}
_SCHEME = "bearer"
_PATH = "/chat/completions"


def key_of(settings: CatalogSettings) -> str:
    """Return the key, without what people copy along with one.

    Raises :class:`RunStopped` where none is left or no header holds it.
    """
    key = settings.openai_api_key.get_secret_value().strip(_AROUND) if settings.openai_api_key else ""
    scheme, _, rest = key.partition(" ")
    key = rest.strip(_AROUND) if scheme.lower() == _SCHEME else key
    if not key:
        raise RunStopped(NO_KEY, setup=True)
    _require_plain("OPENAI_API_KEY", key, is_secret=True)
    return key


def address_of(settings: CatalogSettings) -> str | None:
    """Return the base address of the server, None for OpenAI's own; raises :class:`RunStopped` for no address."""
    address = (settings.openai_base_url or "").strip(_AROUND)
    if not address:
        return None
    _require_plain("OPENAI_BASE_URL", address, is_secret=False)
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise RunStopped(
            f"OPENAI_BASE_URL is no address: {address[:200]!r}; it looks like http://localhost:11434/v1", setup=True
        )
    return address.rstrip("/").removesuffix(_PATH)


def _require_plain(name: str, value: str, *, is_secret: bool) -> None:
    place, wrong = next(((at, one) for at, one in enumerate(value, 1) if not "!" <= one <= "~"), (0, ""))
    if wrong:
        what = _CONTROLS.get(wrong) or unicodedata.name(wrong, "").lower() or f"U+{ord(wrong):04X}"
        shown = "" if is_secret else f" in {value[:200]!r}"
        raise RunStopped(f"{name} cannot be sent: its character {place} is a {what}{shown}; copy it anew", setup=True)
