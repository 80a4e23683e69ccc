"""Unwraps answers: models put them into fences of Markdown, JSON, quotes, or tags of a whole page."""

import re
from itertools import islice

import orjson

from catalog.descriptions.failures import RowFailed
from catalog.descriptions.thoughts import is_of_thoughts

_FENCE = re.compile(r"^[ \t]{0,8}(?:```|~~~)`{0,3}([^\n`<]{0,40})$|```([A-Za-z]{0,12})", re.MULTILINE)
_LANGUAGES = frozenset({"", "html", "htm", "xml", "xhtml", "markdown", "md", "text", "txt", "plaintext", "json", "jsx"})
_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u00ab", "\u00bb"), ("\u2018", "\u2019"), ("`", "`"))
_OPEN = re.compile(
    r"\s*<(answer|final_answer|final|response|description|output|result|solution|html|body)(?:\s[^<>]{0,300})?>",
    re.IGNORECASE,
)
_DOCTYPE = re.compile(r"\s*<!doctype[^<>]{0,200}>", re.IGNORECASE)
_HEAD_END = re.compile(r"</head\s{0,3}>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<(?:p|ul|ol)\b", re.IGNORECASE)
_MOST_LAYERS, _MOST_FENCES = 6, 8

UNSURE = "the answer holds several texts, and nobody can tell which of them is the description"
NOT_TEXT = "the answer is JSON without one text"


def unwrapped(text: str) -> str:
    """Return the text inside; raises :class:`RowFailed` where there is more than one."""
    for _ in range(_MOST_LAYERS):
        inner = _unquoted(_of_json(_without_tags(_unfenced(text.strip())))).strip()
        if inner == text:
            break
        text = inner
    return text


def _unfenced(text: str) -> str:
    """Return the text of the only fence, around which models talk about it. A fence may hold thoughts, too."""
    fences = list(islice(_FENCE.finditer(text), _MOST_FENCES + 1))
    if len(fences) == 1:  # it was never closed, or never opened
        return text[_inside(fences[0]) :].strip() or text[: fences[0].start()].strip()
    if len(fences) % 2 or len(fences) > _MOST_FENCES:
        raise RowFailed(UNSURE)
    pairs = list(zip(fences[::2], fences[1::2], strict=True))
    held = [text[_inside(begin) : end.start()] for begin, end in pairs if not is_of_thoughts(begin[1] or "")]
    edges = [0, *(found.end() for found in fences[1::2])]
    around = (
        "\n".join(text[at : begin.start()] for at, begin in zip(edges, fences[::2], strict=False)) + text[edges[-1] :]
    )
    if len(held) > 1 or (held and _PARAGRAPH.search(around)):
        raise RowFailed(UNSURE)
    return held[0] if held else around


def _inside(fence: re.Match[str]) -> int:
    """Return where the text after an opening fence starts: behind the name of a language."""
    if fence[1] is not None or (fence[2] or "").lower() in _LANGUAGES:
        return fence.end()
    return fence.start(2)


def _of_json(text: str) -> str:
    if not text.startswith(("{", "[", '"')) or not text.endswith(("}", "]", '"')):
        return text
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    while isinstance(value, dict | list) and len(value) == 1:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    if not isinstance(value, str):
        raise RowFailed(NOT_TEXT)
    return value


def _without_tags(text: str) -> str:
    """Take off the tags of a page, its head, and the tags in which models name their answer."""
    text = text[found.end() :] if (found := _DOCTYPE.match(text)) else text
    found = _OPEN.match(text)
    if not found:
        return text
    text = text[found.end() :]
    head = _HEAD_END.search(text) if found[1].lower() == "html" else None
    text = text[head.end() :] if head else text
    end = text.lower().rfind(f"</{found[1].lower()}")
    return text[:end] if end >= 0 else text


def _unquoted(text: str) -> str:
    for begin, end in _QUOTES:
        inner = text[1:-1]
        if len(text) > 1 and text[0] == begin and text[-1] == end and begin not in inner and end not in inner:
            return inner
    return text
