"""Finds HTML whose tags nest so that a parser, which repeats them, would make very much of it."""

import re

MAX_REPEATED = 100_000
"""Tags that a parser may add to those of the text; some 20 MB and a tenth of a second."""

_REPEATED = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip
_REPEATED_TAG = re.compile(rf"<(?:{'|'.join(sorted(_REPEATED))})(?![A-Za-z0-9:_-])", re.IGNORECASE)
_VOID = frozenset({"br", "col", "hr", "img"})
_ANY_TAG = re.compile(r"<[A-Za-z/!?]")
_TIDY_TAG = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z-]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=`]+))?)*)\s*/?>"
)


def may_multiply(text: str) -> bool:
    """Return whether a parser might repeat tags more than ``MAX_REPEATED`` times.

    A formatting tag that is still open when its paragraph ends is opened again in every paragraph after it.
    """
    repeated = len(_REPEATED_TAG.findall(text))
    if repeated * len(_ANY_TAG.findall(text)) <= MAX_REPEATED:
        return False
    return not _is_tidy(text)


def _is_tidy(text: str) -> bool:
    """Return whether all tags are plain, each is closed in its turn, and few formatting ones are open at a time."""
    opened: list[str] = []
    formatting = cost = 0
    for start in _ANY_TAG.finditer(text):
        tag = _TIDY_TAG.match(text, start.start())
        if not tag:
            return False
        name = tag[2].lower()
        cost += formatting
        if cost > MAX_REPEATED:
            return False
        if name in _VOID:
            continue
        if not tag[1]:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
        formatting += (name in _REPEATED) * (-1 if tag[1] else 1)
    return not opened
