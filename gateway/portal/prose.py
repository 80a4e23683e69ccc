"""Descriptions of contracts become HTML: their paragraphs, and words between backquotes."""

import re
from html import escape


def words(text: str) -> str:
    """Return one paragraph without tags around it."""
    return re.sub(r"`+([^`]+)`+", r"<code>\1</code>", escape(text))


def paragraphs(text: str) -> str:
    return "".join(f"<p>{words(part)}</p>" for part in text.split("\n\n"))
