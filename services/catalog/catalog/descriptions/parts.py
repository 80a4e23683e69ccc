"""Splits cleaned HTML into its outermost parts."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*>")
_VOID = frozenset({"br", "hr", "img", "col"})
BLOCKS = frozenset({
    "p", "ul", "ol", "div", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "figure",
})  # fmt: skip


class Part(NamedTuple):
    """Is a block, or all that stands between two blocks. ``bare`` is its text that no tag holds."""

    html: str
    is_block: bool
    bare: str = ""


def parts(made: str) -> Iterator[Part]:
    """Return the parts in their order. Cleaned HTML closes every tag, and escapes ``<`` in texts, ``>`` in values."""
    loose, bare = [], []
    depth = place = begin = 0
    block = False
    for found in _TAG.finditer(made):
        if not depth:
            bare.append(made[place : found.start()])
            loose.append(made[place : found.start()])
            begin, block = found.start(), found[2] in BLOCKS
            if block and any(loose):
                yield Part("".join(loose), is_block=False, bare="".join(bare))
            if block:
                loose, bare = [], []
        depth += 0 if found[2] in _VOID else -1 if found[1] else 1
        place = found.end()
        if not depth:
            if block:
                yield Part(made[begin:place], is_block=True)
            else:
                loose.append(made[begin:place])
    rest = made[place:]
    if rest or any(loose):
        yield Part("".join([*loose, rest]), is_block=False, bare="".join([*bare, rest]))
