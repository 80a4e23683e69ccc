"""Cleans descriptions, the one place where clients may send HTML."""

import re
import secrets
import threading
from typing import Any

import nh3
from ecatalog.fields import types

from catalog.nesting import may_multiply

_A_TAG = re.compile(r"<(?:/?[A-Za-z]|[!?])")
_BLANKS = re.compile(r"[\x00-\x20]")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,")

# A picture within the text is long and harmless, and its slashes must not be read as markup.
_LARGE_PICTURE = re.compile(r"(data:image/(?:png|jpeg|gif|webp);base64,)([A-Za-z0-9+/=]{100,})")
_START_TAG = re.compile(r"<[A-Za-z]")

MAX_CHARACTERS = types.MAX_LENGTH
MAX_BYTES = 3_000_000
"""A cleaned description has at most this many bytes in UTF-8: twenty, the usual page, always fit into one answer."""

MAX_LENGTH = 200_000
MAX_TAGS = 10_000
"""The time to clean grows with the square of tags within tags, and of the attributes of one tag."""

# What rich-text editors make, and nothing that runs, loads or covers something.
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "del", "div", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u",
    "ul",
}  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "dir", "lang", "style", "title"},
    "a": {"href", "name", "target"},
    "col": {"span", "width"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "td": {"align", "colspan", "rowspan", "valign", "width"},
    "th": {"align", "colspan", "rowspan", "scope", "valign", "width"},
}
_STYLES = {
    "background-color", "border", "border-collapse", "color", "font-family", "font-size", "font-style", "font-weight",
    "height", "line-height", "list-style-type", "margin", "margin-left", "padding", "padding-left", "text-align",
    "text-decoration", "vertical-align", "width",
}  # fmt: skip


class TooLong(ValueError):
    """Is raised for a too long description; the text says it as the API does."""


class _Allowance(threading.local):
    """Bounds what the attributes of a text may still take: the parser copies those of tags that nest wrongly."""

    characters = 0


_allowance = _Allowance()


def _only_pictures_as_data(tag: str, attribute: str, value: str) -> str | None:
    """Keep ``data:`` addresses of pictures, which editors paste into the text, and drop all others."""
    _allowance.characters -= len(value)
    if _allowance.characters < 0:
        return None
    address = _BLANKS.sub("", value).lower()
    if not address.startswith("data:") or (tag == "img" and attribute == "src" and _PICTURE.match(address)):
        return value
    return None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    filter_style_properties=_STYLES,
    url_schemes={"http", "https", "mailto", "tel", "data"},
    attribute_filter=_only_pictures_as_data,
    link_rel="noopener noreferrer nofollow",
)


def clean(text: str) -> str:
    """Return the text without what could run in a reader's browser; text without a tag stays as it is.

    What no editor makes, and would take its time to clean, becomes the text of its tags.
    """
    if not _A_TAG.search(text):
        return text
    pictures: dict[str, str] = {}
    mark = secrets.token_hex(8)  # so that nobody can write one

    def put_aside(match: re.Match[str]) -> str:
        name = f"~{mark}.{len(pictures)}~"
        pictures[name] = match[2]
        return match[1] + name

    lean = _LARGE_PICTURE.sub(put_aside, text)
    if _is_too_much(lean):
        return text.replace("<", "&lt;")
    _allowance.characters = 2 * MAX_LENGTH
    cleaned = _CLEANER.clean(lean)
    if _allowance.characters < 0 or _is_too_much(cleaned):
        return text.replace("<", "&lt;")
    return re.sub(rf"~{mark}\.\d+~", lambda found: pictures.pop(found[0], ""), cleaned)


def _is_too_much(lean: str) -> bool:
    """Return whether cleaning would take long; its result is checked, too, for it may be cleaned again."""
    return len(lean) > MAX_LENGTH or len(_START_TAG.findall(lean)) > MAX_TAGS or may_multiply(lean)


def clean_description(values: dict[str, Any]) -> None:
    """Clean the description among a row's values, if there is one; raises :class:`TooLong`.

    It is measured after it was cleaned: what cleaning writes as entities takes more room than it did.
    """
    if not isinstance(values.get("description"), str):
        return
    values["description"] = made = clean(values["description"])
    if len(made) > MAX_CHARACTERS:
        raise TooLong(f"Ensure this field has no more than {MAX_CHARACTERS} characters.")
    if 4 * len(made) > MAX_BYTES and len(made.encode("utf-8", "replace")) > MAX_BYTES:
        raise TooLong(f"Ensure this field has no more than {MAX_BYTES} bytes.")
