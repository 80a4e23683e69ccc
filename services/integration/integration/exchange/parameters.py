"""What 1C asks: the parameters of its address, in whichever encoding they are."""

from typing import NamedTuple
from urllib.parse import unquote_to_bytes


class Asked(NamedTuple):
    """A step of the exchange; ``filename`` is as it was sent."""

    type: str
    mode: str
    filename: str
    sessid: str


def asked(query: bytes) -> Asked:
    """Read the query of an address; a parameter that comes twice is the last one."""
    pairs = (pair.partition(b"=") for pair in query.split(b"&"))
    found = {_text(name): _text(value) for name, _, value in pairs}
    step = {name: found.get(name, "").strip().lower() for name in ("type", "mode")}
    return Asked(**step, filename=found.get("filename", ""), sessid=found.get("sessid", ""))


def text_of(raw: bytes) -> str:
    """Read UTF-8, or else windows-1251."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("windows-1251", "replace")


def _text(sent: bytes) -> str:
    return text_of(unquote_to_bytes(sent.replace(b"+", b" ")))
