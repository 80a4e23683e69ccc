"""lxml with everything switched off that an answer from outside must not use."""

import re

from lxml import etree

from integration.soap.errors import Cause, SourceError

_BOM = b"\xef\xbb\xbf"
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")

PullParser = etree.XMLPullParser


def pull_parser(tag: str) -> PullParser:
    """Reports the end of each element with this local name, in any namespace."""
    return etree.XMLPullParser(
        events=("end",),
        tag="{*}" + tag,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def element_tree(body: bytes, *, complete: bool = False) -> etree._Element | None:
    """The root of a document small enough to be held, as far as it can be read, or only if it is complete.
    None when there is nothing."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=not complete,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def after_prolog(beginning: bytes) -> bytes:
    """What follows the byte order mark, the declaration and comments."""
    body = beginning.removeprefix(_BOM)
    prolog = _PROLOG.match(body)
    return body[prolog.end() :] if prolog else body


def refuse_prolog(beginning: bytes) -> None:
    """Refuse what may stand before the root element and has no place in an answer."""
    if beginning.startswith(_WIDE_BOMS):
        raise SourceError("The answer is in UTF-16 or UTF-32, which is not read", Cause.MALFORMED)
    rest = after_prolog(beginning)
    if rest[:9].upper() == b"<!DOCTYPE":
        raise doctype_refused()
    if not rest.startswith(b"<"):
        shown = " ".join(rest[:200].decode("utf-8", errors="replace").split())
        raise SourceError(f'The source answered with text instead of XML: "{shown}"', Cause.MALFORMED)


def refuse_doctype(element: etree._Element) -> None:
    """The parser's own view, for a DOCTYPE that an odd encoding hid from the look at the bytes."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise doctype_refused()


def doctype_refused() -> SourceError:
    return SourceError("The answer holds a DOCTYPE, which is refused", Cause.MALFORMED)


def malformed(error: etree.XMLSyntaxError) -> SourceError:
    return SourceError(f"The answer is not well-formed XML: {error.msg}", Cause.MALFORMED)


def close(parser: PullParser) -> etree._Element:
    """The root of the document that the parser was fed with; raises a SourceError unless it is complete."""
    try:
        return parser.close()
    except etree.XMLSyntaxError as error:
        last = parser.feed_error_log.last_error
        if last is not None and last.type == etree.ErrorTypes.ERR_UNDECLARED_ENTITY:  # told only at the end
            raise SourceError(f"The answer is not well-formed XML: {last.message}", Cause.MALFORMED) from error
        raise SourceError("The answer broke off: its XML is not complete", Cause.TRUNCATED, str(error)) from error


def local_name(tag: str) -> str:
    return tag.rpartition("}")[2]
