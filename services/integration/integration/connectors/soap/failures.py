"""The words for what went wrong, from errors of the network and from answers that are not the one we asked for."""

import errno
import re
import ssl
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence

import httpx
from lxml import etree

from integration.connectors.errors import Cause, SourceError
from integration.connectors.xml.encoding import known_encoding, utf8
from integration.connectors.xml.parsing import after_prolog, element_tree, refuse_prolog

_SHOWN = 300
_LOOKED_AT = 4096  # of what others write: the sentence that matters stands in front

_STATUS = {
    401: (
        Cause.UNAUTHORIZED,
        "The source refused the login (HTTP 401): wrong user name or password, or no right to this web service",
    ),
    402: (Cause.LICENCE, "1C has no free licence (HTTP 402): try again later"),
    403: (Cause.FORBIDDEN, "The web server of the source forbids the access (HTTP 403)"),
    404: (Cause.NOT_FOUND, "The source has no such address (HTTP 404): not published, or without this web service"),
    406: (Cause.BUSY, "1C has no free session (HTTP 406): try again later"),
    502: (Cause.SERVER_ERROR, "The proxy before 1C cannot reach it (HTTP 502)"),
    503: (Cause.SERVER_ERROR, "1C or its web server is out of service (HTTP 503): try again later"),
    504: (Cause.SERVER_ERROR, "The proxy before 1C gave up waiting for it (HTTP 504)"),
}

_OTHER_LOGIN = (
    "The source takes only a login by {} (HTTP 401), which is not offered here: let the web server of 1C allow Basic"
    " authentication for this publication"
)
_NOT_ABOUT_LICENCES = (401, 403, 404)
_LICENCE = re.compile(
    r"(не\s+(обнаруж|найден|получен|хвата)\w*|нет|недостаточно|отсутству\w+)\b[^.]{0,60}\bлицензи"
    r"|\bлицензи\w*[^.]{0,60}\bне\s+(обнаруж|найден|получен)|программного лицензирования"
    r"|\blicen[cs]es?\b[^.]{0,40}\bnot\b|\bno\b[^.]{0,20}\blicen[cs]e",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(rb"<!doctype\s+html|<html|<head|<body", re.IGNORECASE)
_SCHEME = re.compile(r"(?:^|,)[ \t]*([A-Za-z][\w-]{0,30})(?=[ \t,]|$)(?![ \t]*=)")
_REASON_ONLY = re.compile(r"\s*(по причине|by reason of)\s*:?\s*", re.IGNORECASE)


def explain(error: httpx.TransportError, url: httpx.URL, timeout: float, *, answered: bool = False) -> SourceError:
    """Return the words for an error of the network; ``answered`` says that the answer had begun."""
    where = f"{url.host}:{url.port or (443 if url.scheme == 'https' else 80)}"
    causes = list(_causes(error))
    if tls := next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None):
        reason = getattr(tls, "verify_message", None) or tls.reason or "the handshake failed"
        return SourceError(f"No secure connection to {where}: {reason}", Cause.TLS, str(tls))
    if isinstance(error, httpx.ConnectTimeout):
        connection = "a secure connection" if url.scheme == "https" else "a connection"
        return SourceError(f"{where} did not accept {connection} within {timeout:g} seconds", Cause.CONNECT_TIMEOUT)
    if isinstance(error, httpx.TimeoutException):
        return SourceError(f"{where} sent nothing for {timeout:g} seconds", Cause.READ_TIMEOUT)
    if isinstance(error, httpx.ConnectError):
        numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
        if errno.ECONNREFUSED in numbers:
            return SourceError(f"{where} refused the connection: nothing listens there", Cause.REFUSED)
        return SourceError(f"{where} cannot be reached", Cause.REFUSED, str(error))
    if answered:
        return SourceError("The answer broke off before its end", Cause.TRUNCATED, str(error))
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
        return SourceError(f"{where} does not speak HTTP", Cause.MALFORMED, str(error))
    return SourceError(f"{where} closed the connection without an answer", Cause.DISCONNECTED, str(error))


def refused(status: int, body: bytes, charset: str | None, logins: Sequence[str] = ()) -> SourceError:
    """Return the words for an answer with an error status: the fault inside it, or what the status means.

    ``logins`` are the ways to sign in that the server offers, as the heads of a 401 name them.
    """
    if status == 401 and (only := _only_other_logins(logins)):
        return SourceError(_OTHER_LOGIN.format(only), Cause.UNAUTHORIZED)
    root = element_tree(body)
    if root is not None and (fault := find_fault(root)):
        return fault
    page = decoded(body, charset)
    shown = readable(page)
    if status not in _NOT_ABOUT_LICENCES and _LICENCE.search(shown):
        return licence_missing(shown)
    cause, text = _STATUS.get(status, (Cause.SERVER_ERROR, f"The source answered with an error (HTTP {status})"))
    if status not in _STATUS and shown:
        text += f": {first_line(shown)}"
    return SourceError(text, cause, page)


def _only_other_logins(logins: Sequence[str]) -> str:
    """Name the ways to sign in when Basic is not among them; empty when it is, or none is offered."""
    offered = [name for login in logins for name in _SCHEME.findall(login[:_LOOKED_AT])]
    if any(name.casefold() == "basic" for name in offered):
        return ""
    return " or ".join(dict.fromkeys(offered[:3]))


def html_instead(body: bytes, charset: str | None) -> SourceError | None:
    """Return the words for a page of a web server in place of XML; None when the body is no such page."""
    if not _HTML.match(after_prolog(body)):
        return None
    page = decoded(body, charset)
    shown = readable(page)
    if _LICENCE.search(shown):
        return licence_missing(shown)
    title = _TITLE.search(page)
    name = first_line(readable(title.group(1)) if title else shown)
    return SourceError(f'The source answered with a web page instead of XML: "{name}"', Cause.HTML, page)


def text_of(body: bytes, charset: str | None) -> bytes:
    """Return a whole document in UTF-8. Raises a SourceError, which says so when it is no XML."""
    try:
        return utf8(body, charset)
    except SourceError:
        refuse_other(body, charset)
        raise


def refuse_other(beginning: bytes, charset: str | None) -> None:
    """Say what a document is when it is no XML."""
    if page := html_instead(beginning, charset):
        raise page
    refuse_prolog(decoded(beginning, charset).encode())


def refuse_parts(content_type: str) -> None:
    """Refuse an answer in several parts."""
    if content_type.lstrip().casefold().startswith("multipart/"):
        raise SourceError(
            "The source answers in several parts (multipart, as MTOM sends files), which are not read: let the web"
            " service answer with plain XML",
            Cause.UNEXPECTED,
        )


def licence_missing(text: str) -> SourceError:
    return SourceError(f"1C has no free licence: {first_line(text)}", Cause.LICENCE, text)


def find_fault(root: etree._Element) -> SourceError | None:
    """Return the words for the SOAP fault in an answer, if it holds one."""
    fault = root.find("{*}Body/{*}Fault")
    if fault is None:
        return None
    parts = [fault.findtext("{*}faultstring"), fault.findtext("{*}Reason/{*}Text")]
    detail = fault.find("{*}detail")
    if detail is None:
        detail = fault.find("{*}Detail")
    text = next((part for part in parts if part and part.strip()), "")
    if not text and detail is not None:
        text = " ".join(str(part) for part in detail.itertext())
    text = text[:_LOOKED_AT]
    if _LICENCE.search(text):
        return licence_missing(text)
    return SourceError(f"1C answered with an error: {first_line(text)}", Cause.FAULT, text)


def first_line(text: str) -> str:
    """Return the first line that says something; module positions in braces stay for whoever wrote the module."""
    for line in text.splitlines():
        if line.strip() and not _REASON_ONLY.fullmatch(line):
            line = " ".join(line.split())
            return f"{line[:_SHOWN]}…" if len(line) > _SHOWN else line
    return "no text"


def decoded(body: bytes, charset: str | None) -> str:
    """Decode the beginning of a page. Pages of Russian servers are often windows-1251 without saying so."""
    body = body[:_LOOKED_AT]
    for name in (*known_encoding(charset), "utf-8"):
        try:
            return getincrementaldecoder(name)().decode(body)  # the last letter may be cut
        except UnicodeDecodeError:
            continue
    return body.decode("cp1251", errors="ignore")


def readable(page: str) -> str:
    return _TAG.sub(" ", page).strip()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while error is not None and seen < 20:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from _causes(inner)
        error, seen = error.__cause__ or error.__context__, seen + 1
