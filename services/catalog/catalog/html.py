"""Cleaning descriptions, the one place where clients may send HTML."""

import re
from typing import Any

import nh3

_A_TAG = re.compile(r"<(?:/?[A-Za-z]|[!?])")
_BLANKS = re.compile(r"[\x00-\x20]")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,")

# A picture within the text is long and harmless, and its slashes must not be read as markup.
_LARGE_PICTURE = re.compile(r"(data:image/(?:png|jpeg|gif|webp);base64,)([A-Za-z0-9+/=]{100,})")
_PUT_ASIDE = re.compile(r"(data:image/(?:png|jpeg|gif|webp);base64,)~([0-9]{1,6})~")
_START_TAG = re.compile(r"<[A-Za-z]")

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


def _only_pictures_as_data(tag: str, attribute: str, value: str) -> str | None:
    """Editors keep pasted pictures inside the text; anything else in a ``data:`` address goes."""
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
    """The text without what could run in a reader's browser; text without a tag stays as it is.

    What no editor makes, and would take its time to clean, becomes the text of its tags.
    """
    if not _A_TAG.search(text):
        return text
    pictures: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        pictures.append(match[2])
        return f"{match[1]}~{len(pictures) - 1}~"

    def put_back(match: re.Match[str]) -> str:
        number = int(match[2])
        return match[1] + pictures[number] if number < len(pictures) else match[0]

    lean = _LARGE_PICTURE.sub(put_aside, text)
    if len(lean) > MAX_LENGTH or len(_START_TAG.findall(lean)) > MAX_TAGS:
        return text.replace("<", "&lt;")
    return _PUT_ASIDE.sub(put_back, _CLEANER.clean(lean))


def clean_description(values: dict[str, Any]) -> None:
    """Clean the description among a row's values, if there is one."""
    if isinstance(values.get("description"), str):
        values["description"] = clean(values["description"])
