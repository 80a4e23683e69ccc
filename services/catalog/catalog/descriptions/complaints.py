"""Finds a server's own words in an answer that holds no text of a model, whatever form they come in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

SHOWN = 300
_READ = 20_000
_DEPTH = 6

# Where servers put their words, the most telling first.
_WORDS = ("error", "errors", "base_resp", "message", "detail", "msg", "status_msg", "error_message", "error_msg", "raw")
_FINE = (None, "", 0, "0")  # what codes of errors are where there is none
_CODES = ("code", "type", "status", "status_code", "error_code")
_TITLE = re.compile(r"<title[^<>]{0,100}>([^<]{0,300})", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,1000}>")


@dataclass(frozen=True)
class Complaint:
    """Is what a server says instead of an answer.

    ``status`` is that of HTTP, also where the server names it inside of a 200; None when it names none.

    ``words`` are on one line; ``codes`` are the short names beside them, in small letters; ``param`` is the part of
    the request that they are about. ``is_page`` means that a page for people came instead of JSON.
    """

    status: int | None
    words: str
    codes: frozenset[str] = frozenset()
    param: str = ""
    is_page: bool = False

    @property
    def about(self) -> str:
        """Return all of it in small letters, to look for something in it."""
        return " ".join((self.words, self.param, *sorted(self.codes))).lower()


def complaint(status: int, body: bytes) -> Complaint | None:
    """Return the complaint in an answer, None when it is the answer of a model."""
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _of_text(status, body[:_READ].decode("utf-8", "replace"))
    if status < 400 and not _is_error(value):
        return None
    found = list(_walk(value, 0))
    words = "; ".join(dict.fromkeys(text for kind, text in found if kind == "words"))
    codes = frozenset(text.lower() for kind, text in found if kind == "code")
    param = next((text for kind, text in found if kind == "param"), "")
    return Complaint(status if status >= 400 else _status(codes), one_line(words), codes, param[:SHOWN])


def one_line(text: str) -> str:
    """Return a text on one line, bounded, and without what could move a terminal's cursor."""
    return " ".join("".join(one if one.isprintable() else " " for one in text[:_READ]).split())[:SHOWN]


def _of_text(status: int, text: str) -> Complaint:
    is_page = "<html" in text.lower() or "<!doctype" in text.lower()
    title = _TITLE.search(text)
    words = title[1] if title else _TAG.sub(" ", text) if is_page else text
    return Complaint(status if status >= 400 else None, one_line(words), is_page=is_page)


def _is_error(value: Any) -> bool:
    """Return whether an answer with a good status is an error all the same."""
    if not isinstance(value, dict):
        return True
    choices = value.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if any(_is_told(one) for one in (value, choice)):
        return True
    return choice is None


def _is_told(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    base = value.get("base_resp")
    codes = (value.get("error_code"), base.get("status_code") if isinstance(base, dict) else None)
    return (
        bool(value.get("error") or value.get("errors"))
        or value.get("success") is False
        or "error" in (value.get("object"), value.get("status"))
        or _status(frozenset({str(value.get("code"))})) is not None
        or any(code not in _FINE for code in codes)
    )


def _status(codes: frozenset[str]) -> int | None:
    return next((int(code) for code in sorted(codes) if re.fullmatch(r"[45]\d\d", code)), None)


def _walk(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Find words, codes and the name of what is refused, from the outside to the inside."""
    if depth > _DEPTH:
        return
    if isinstance(value, str):
        yield from _text(value, depth)
    elif isinstance(value, list):
        for one in value[:5]:
            yield from _walk(one, depth + 1)
    elif isinstance(value, dict):
        yield from _object(value, depth)


def _object(value: dict[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    yield from (("code", str(value[name])[:100]) for name in _CODES if isinstance(value.get(name), str | int))
    if isinstance(value.get("param"), str):
        yield "param", value["param"]
    where = value.get("loc")
    if isinstance(where, list):  # of FastAPI, and whatever is made with it
        yield "param", ".".join(str(part) for part in where[:5])
        yield "words", f"{'.'.join(str(part) for part in where[:5])}: {value.get('msg', '')}"
        return
    choices = value.get("choices")
    inner = [value.get(name) for name in _WORDS]
    for one in (*inner, value.get("metadata"), choices[0] if isinstance(choices, list) and choices else None):
        if isinstance(one, str | list | dict):
            yield from _walk(one, depth + 1)


def _text(text: str, depth: int) -> Iterator[tuple[str, str]]:
    """Read a text, which may be the JSON of the server behind a proxy."""
    if text.lstrip().startswith(("{", "[")) and len(text) <= _READ:
        try:
            yield from _walk(orjson.loads(text), depth + 1)
        except orjson.JSONDecodeError:
            pass
        else:
            return
    if text.strip():
        yield "words", text.strip()[:_READ]
