"""lxml with everything switched off that a document from outside must not use.

``document`` names in a refusal what is read: the answer to a call, or a file.
"""

import re
from typing import Any

from lxml import etree

from integration.connectors.errors import Cause, DoctypeRefused, SourceError

ANSWER = "The answer"

# Possessive: no way back is kept, which would take a hundred bytes for each blank.
_PROLOG = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_BLANK = re.compile(rb"(?:\xef\xbb\xbf|\s++)*+")
_ROOT = re.compile(rb"<(?:[^\s<>/!?:]{1,500}:)?([^\s<>/!?:]{1,500})[\s/>]")
_START = re.compile(rb"<[^\s<>/]++(?:\s++[^\s<>=/]++\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+")
_NAMESPACE = re.compile(rb"\s++xmlns\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')")

_SAFE: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip

PullParser = etree.XMLPullParser


def pull_parser(tag: str) -> PullParser:
    """Create a parser that reports the start of each element with this local name, in any namespace."""
    return etree.XMLPullParser(events=("start",), tag="{*}" + tag, **_SAFE)


def element_tree(body: bytes, *, complete: bool = False) -> etree._Element | None:
    """Return the root of a document small enough to be held, if need be only of a complete one; None without any."""
    parser = etree.XMLParser(recover=not complete, **_SAFE)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def after_prolog(beginning: bytes) -> bytes:
    """Return what follows byte order marks, the declaration and comments."""
    for pattern in (_BLANK, _PROLOG):
        found = pattern.match(beginning)
        beginning = beginning[found.end() :] if found else beginning
    return beginning


def root_name(beginning: bytes) -> str | None:
    """Return the local name of the root element; None before it has come."""
    found = _ROOT.match(after_prolog(beginning))
    return found.group(1).decode("utf-8", "replace") if found else None


def without_namespace(beginning: bytes) -> bytes:
    """Take the default namespace off the root: to lxml, each name without one costs half as much."""
    start = len(beginning) - len(after_prolog(beginning))
    if found := _START.match(beginning, start):
        beginning = beginning[:start] + _NAMESPACE.sub(b"", found.group()) + beginning[found.end() :]
    return beginning


def refuse_prolog(beginning: bytes) -> None:
    """Refuse what may stand before the root element and has no place in an answer."""
    rest = after_prolog(beginning)
    if rest[:9].upper() == b"<!DOCTYPE":
        raise doctype_refused()
    if not rest.startswith(b"<"):
        shown = " ".join(rest[:200].decode("utf-8", errors="replace").split())
        raise SourceError(f'The source answered with text instead of XML: "{shown}"', Cause.MALFORMED)


def refuse_doctype(element: etree._Element, document: str = ANSWER) -> None:
    """Refuse a DOCTYPE that the look at the bytes did not see, from the parser's own view."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise doctype_refused(document)


def doctype_refused(document: str = ANSWER) -> DoctypeRefused:
    return DoctypeRefused(f"{document} holds a DOCTYPE, which is refused", Cause.MALFORMED)


def feed(parser: PullParser, data: bytes, document: str = ANSWER) -> None:
    """Feed the parser; raises a SourceError as soon as the document is broken."""
    try:
        parser.feed(data)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{document} is not well-formed XML: {error.msg}", Cause.MALFORMED) from error
    last = parser.feed_error_log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_UNDECLARED_ENTITY:  # of which lxml does not speak
        raise SourceError(f"{document} is not well-formed XML: {last.message}", Cause.MALFORMED)


def close(parser: PullParser, document: str = ANSWER) -> etree._Element:
    """Return the root of the document that the parser was fed with; raises a SourceError unless it is complete."""
    try:
        return parser.close()
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{document} broke off: its XML is not complete", Cause.TRUNCATED, str(error)) from error


def local_name(tag: str) -> str:
    return tag.rpartition("}")[2]
