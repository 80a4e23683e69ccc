"""Turns the answer of a model into a description, or refuses to."""

import html
import re
from collections.abc import Callable

from catalog.descriptions.failures import RowFailed
from catalog.descriptions.marks import STRANGE, without_marks
from catalog.descriptions.parts import Part, parts
from catalog.descriptions.tags import NAMES
from catalog.descriptions.talk import is_lead, is_note, is_remark, without_lead, without_loose_lead, without_remark
from catalog.descriptions.thoughts import require_no_thought, without_thoughts
from catalog.descriptions.wrapping import unwrapped
from catalog.html import clean

MAX_CHARACTERS = 6000
"""The HTML of a description has at most this many characters."""

_MOST_READ = 50_000
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TAG = re.compile(r"<[^>]*>")
_NAMED_TAG = re.compile(r"</?([A-Za-z][^\s<>/]{0,60})")
_BLOCK = re.compile(r"<(?:p|ul|ol|div|table|h[1-6]|blockquote)\b", re.IGNORECASE)
_BLOCK_END = re.compile(r"</(?:p|ul|ol|div|table|h[1-6]|blockquote)>\Z", re.IGNORECASE)
_A_TAG = re.compile(r"<(?:/?[A-Za-z]|[!?])")
_END = re.compile(r"</(?:p|ul|ol|li|div|table)>|[.!?…]\s", re.IGNORECASE)
_WITHIN = re.compile(r"(<[a-z][a-z0-9]*[^>]*>)(.*)(</[a-z0-9]+>)", re.DOTALL)
_LETTER = re.compile(r"[^\W_]")
_FOREIGN_TAG = re.compile(r"</?[^\W\d_a-zA-Z]\w{0,40}>")
_FENCE_MARK = re.compile(r"facts-[0-9a-f]{16}")
# A model that declines says so instead of writing; as a description it would stand in the shop.
_REFUSAL = re.compile(
    r"(?:i['’`]?m sorry|i am sorry|sorry,|i can(?:no|['’`])t\b|i cannot\b|i am unable|i['’`]m unable|as an ai\b"
    r"|kechirasiz|uzr,|afsuski,? men|men sun['’ʻ‘`]?iy|извините|простите|к сожалению, я|я не могу)",
    re.IGNORECASE,
)


def description_of(answer: str) -> str:
    """Return safe HTML of at most ``MAX_CHARACTERS``; raises :class:`RowFailed` where the answer surely holds none."""
    text = without_thoughts(_UNWRITABLE.sub("", answer).strip())
    text = unwrapped(without_marks(unwrapped(text)))[:_MOST_READ]
    for found in _NAMED_TAG.finditer(text):
        if found[1].lower() not in NAMES:
            raise RowFailed(STRANGE.format(mark=found[0]))
    made = clean(text if _BLOCK.search(text) else _paragraphs(without_remark(without_loose_lead(text), is_loose=True)))
    made = _bounded("".join(part.html for part in _without_talk(list(parts(made)), text)))
    _require_description("\n".join(visible(part.html) for part in parts(made)))
    return made


def visible(made: str) -> str:
    """Return the text that a reader sees."""
    return html.unescape(_TAG.sub(" ", made)).replace("\u200b", "").strip()


def _require_description(words: str) -> None:
    if not words:
        raise RowFailed("the answer was empty")
    if _REFUSAL.match(words):
        raise RowFailed(f"the model declined: {words[:200]}")
    if found := _FOREIGN_TAG.search(words):
        raise RowFailed(STRANGE.format(mark=found[0]))
    if found := _FENCE_MARK.search(words):
        raise RowFailed(f"the answer repeats its instructions: {words[found.start() :][:200]}")
    require_no_thought(words)


def _without_talk(found: list[Part], text: str) -> list[Part]:
    """Keep only the blocks, if there are any: the model was asked for them, and the text around them is its own talk.

    ``text`` is the answer that was split into the parts: cleaning may move text out of the block that held it.
    """
    if any(part.is_block and visible(part.html) for part in found):
        loose = [part for part in found[1:] if not part.is_block]
        within = loose[-1:] if _BLOCK_END.search(text) else []
        found = [part for part in found if part in within or _belongs(part)]
    while len(found) > 1 and not visible(found[0].html):
        found.pop(0)
    while len(found) > 1 and is_lead(visible(found[0].html)):
        found.pop(0)
    while len(found) > 1 and not visible(found[-1].html):
        found.pop()
    while len(found) > 1 and is_remark(visible(found[-1].html)):
        found.pop()
    if found and is_note(visible(found[-1].html), is_first=len(found) == 1):
        raise RowFailed(f"nobody can tell whether it is part of the description: {visible(found[-1].html)[:200]}")
    if found:
        found[0] = _inner(found[0], without_lead)
        found[-1] = _inner(found[-1], without_remark)
    return found


def _belongs(part: Part) -> bool:
    """Return whether a part belongs to the description; raises :class:`RowFailed` where nobody can know."""
    if part.is_block or not _LETTER.search(html.unescape(part.bare)):
        return True
    words = visible(part.html)
    if is_lead(words, is_loose=True) or is_remark(words, is_loose=True):
        return False
    raise RowFailed(f"the answer holds more than the description: {words[:200]}")


def _inner(part: Part, without: Callable[[str], str]) -> Part:
    """Return a paragraph without talk in its text."""
    found = _WITHIN.fullmatch(part.html)
    if not found or "<" in found[2]:
        return part
    return part._replace(html=found[1] + without(found[2].strip()) + found[3])


def _paragraphs(text: str) -> str:
    """Return plain text as HTML; inline tags are kept."""
    if not _A_TAG.search(text):
        text = html.escape(html.unescape(text), quote=False)
    texts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{part}</p>" for part in texts if part)


def _bounded(made: str) -> str:
    """Cut at the end of a paragraph or sentence; cleaning closes what stays open."""
    room = MAX_CHARACTERS
    while len(made) > MAX_CHARACTERS:
        room -= 200
        ends = [found.end() for found in _END.finditer(made, 0, room)]
        made = clean(made[: ends[-1] if ends else room])
    return made
