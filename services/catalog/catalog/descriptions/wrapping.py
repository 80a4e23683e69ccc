"""Taking off what models wrap an answer in: fences of Markdown, JSON, quotes, and tags of a whole page."""

import re

import orjson

from catalog.descriptions.failures import Failed

_FENCE = re.compile(r"^[ \t]{0,8}(?:```|~~~)`{0,3}([^\n`<]{0,40})$|```([A-Za-z]{0,12})", re.MULTILINE)
_LANGUAGES = frozenset({"", "html", "htm", "xml", "xhtml", "markdown", "md", "text", "txt", "plaintext", "json", "jsx"})
_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u00ab", "\u00bb"), ("\u2018", "\u2019"), ("`", "`"))
_WRAPPERS = (
    "answer",
    "final_answer",
    "final",
    "response",
    "description",
    "output",
    "result",
    "html",
    "body",
    "solution",
)
_OPEN = re.compile(rf"\s*<({'|'.join(_WRAPPERS)})(?:\s[^<>]{{0,300}})?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*<!doctype[^<>]{0,200}>", re.IGNORECASE)
_HEAD_END = re.compile(r"</head\s{0,3}>", re.IGNORECASE)
_MOST_LAYERS = 6

UNSURE = "the answer holds several texts, and nobody can tell which of them is the description"
NOT_TEXT = "the answer is JSON without one text"


def unwrapped(text: str) -> str:
    """The inside; raises :class:`Failed` where there is more than one."""
    for _ in range(_MOST_LAYERS):
        inner = _unquoted(_of_json(_without_tags(_unfenced(text.strip())))).strip()
        if inner == text:
            break
        text = inner
    return text


def _unfenced(text: str) -> str:
    """What stands in the only fence; what stands around it is talk about it."""
    fences = list(_FENCE.finditer(text))
    if not fences:
        return text
    if len(fences) > 2:
        raise Failed(UNSURE)
    begin = _inside(fences[0])
    if len(fences) == 2:
        return text[begin : fences[1].start()]
    before, after = text[: fences[0].start()].strip(), text[begin:].strip()
    return after or before  # it was never closed, or never opened


def _inside(fence: re.Match[str]) -> int:
    """Where the text after an opening fence begins: behind the name of a language."""
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
        raise Failed(NOT_TEXT)
    return value


def _without_tags(text: str) -> str:
    """Without the tags of a page, its head, and those in which models name their answer."""
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
