"""Signs that nobody sees. They come with copied text, and make two of what looks like one."""

import re

# Unicode's Default_Ignorable_Code_Point, the marks of annotations, and two letters that are drawn as blanks. Variation
# selectors and joiners choose between pictures of one sign, which a code, a number or a header has no use for.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
BLANKS = " \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""All blanks but tabs and line breaks, for a set of a pattern."""

_SIGNS = re.compile(f"[{_UNSEEN}]+")
_NOTHING = re.compile(rf"[{_UNSEEN}\s]*")
_WIDE_BLANK = re.compile(f"[{BLANKS[1:]}]")


def seen(text: str) -> str:
    """Return the text without unseen signs, and without blanks around it."""
    return (text if text.isascii() else _SIGNS.sub("", text)).strip()


def is_unseen(text: str) -> bool:
    """Return whether there is nothing to see of a text."""
    return not text[:1].isalnum() and _NOTHING.fullmatch(text) is not None


def evenly_spaced(text: str) -> str:
    """Return the text with every blank of any width as a plain one."""
    return text if text.isascii() else _WIDE_BLANK.sub(" ", text)
