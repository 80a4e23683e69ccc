"""Making a description of what a model answered, or refusing to."""

import html
import re

from catalog.descriptions.failures import Failed
from catalog.html import clean

MAX_CHARACTERS = 6000
"""Of a description's HTML."""

_MOST_READ = 50_000
_FENCE = re.compile(r"\s*```[A-Za-z]*\s*\n(.*?)\n?\s*```\s*", re.DOTALL)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TAG = re.compile(r"<[^>]*>")
_BLOCK = re.compile(r"<(?:p|ul|ol|div|table|h[1-6]|blockquote)\b", re.IGNORECASE)
_A_TAG = re.compile(r"<(?:/?[A-Za-z]|[!?])")
_END = re.compile(r"</(?:p|ul|ol|li|div|table)>|[.!?…]\s", re.IGNORECASE)
# A model that declines says so instead of writing; as a description it would stand in the shop.
_REFUSAL = re.compile(
    r"(?:i['’`]?m sorry|i am sorry|sorry,|i can(?:no|['’`])t\b|i cannot\b|i am unable|i['’`]m unable|as an ai\b"
    r"|kechirasiz|uzr,|afsuski,? men|men sun['’ʻ‘`]?iy|извините|простите|к сожалению, я|я не могу)",
    re.IGNORECASE,
)


def description_of(answer: str) -> str:
    """Safe HTML of at most ``MAX_CHARACTERS``; raises :class:`Failed` where there is none in the answer."""
    text = _UNWRITABLE.sub("", answer[:_MOST_READ]).strip()
    fenced = _FENCE.fullmatch(text)
    text = fenced[1].strip() if fenced else text
    made = _bounded(clean(text if _BLOCK.search(text) else _paragraphs(text)))
    words = visible(made)
    if not words:
        raise Failed("the answer was empty")
    if _REFUSAL.match(words):
        raise Failed(f"the model declined: {words[:200]}")
    return made


def visible(made: str) -> str:
    """The text that a reader sees."""
    return html.unescape(_TAG.sub(" ", made)).replace("\u200b", "").strip()


def _paragraphs(text: str) -> str:
    """Plain text as HTML; inline tags are kept."""
    if not _A_TAG.search(text):
        text = html.escape(html.unescape(text), quote=False)
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{part}</p>" for part in parts if part)


def _bounded(made: str) -> str:
    """Cut at the end of a paragraph or sentence; cleaning closes what stays open."""
    room = MAX_CHARACTERS
    while len(made) > MAX_CHARACTERS:
        room -= 200
        ends = [found.end() for found in _END.finditer(made, 0, room)]
        made = clean(made[: ends[-1] if ends else room])
    return made
