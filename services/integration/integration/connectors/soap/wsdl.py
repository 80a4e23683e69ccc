"""A WSDL is read by zeep; our own connection fetches it and everything it imports."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from ecatalog.telemetry.logging import logger
from lxml import etree

from integration.connectors.errors import Cause, DoctypeRefused, SourceError
from integration.connectors.soap.address import parse_url
from integration.connectors.soap.failures import html_instead
from integration.connectors.xml.parsing import element_tree, local_name, refuse_prolog

log = logger(__name__)

Load = Callable[[httpx.URL], Coroutine[Any, Any, bytes]]

_SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
_WSDL_ROOT = "{http://schemas.xmlsoap.org/wsdl/}definitions"
_ADDRESSES = tuple(f"{{http://schemas.xmlsoap.org/wsdl/{binding}/}}address" for binding in ("soap", "soap12", "http"))
_USERINFO = re.compile(r"//[^/@]*@")
_MOST_DOCUMENTS = 50


@dataclass(frozen=True, slots=True)
class Operation:
    """The way to call one operation. ``element`` is the request's body element as (namespace, name)."""

    name: str
    soap_version: str
    action: str
    element: tuple[str, str]
    location: str


async def read_wsdl(url: httpx.URL, load: Load) -> dict[str, Operation]:
    """Return the operations by name, those of SOAP 1.1 where both are offered; ``load`` fetches a document in UTF-8."""
    main = await load(url)
    _check_is_wsdl(main)
    try:
        return await _understood(url, main, load)
    except SourceError as error:
        if error.cause is Cause.ADDRESS or isinstance(error, DoctypeRefused):
            raise
        log.warning("the WSDL is read without its types", host=url.host, error=error.message)
        try:
            return await _understood(url, _without_types(main), load)
        except SourceError:
            raise error from None


async def _understood(url: httpx.URL, main: bytes, load: Load) -> dict[str, Operation]:
    loop = asyncio.get_running_loop()
    inner = _own_hosts(main)

    def load_from_thread(location: str) -> bytes:
        if location == str(url):
            return main
        try:
            asked = _typed(parse_url(location), url, inner)
            document = asyncio.run_coroutine_threadsafe(load(asked), loop).result()
            refuse_prolog(document)
            inner.update(_own_hosts(document))
            return document
        except SourceError as error:
            shown = _USERINFO.sub("//", location)
            raise type(error)(f"The WSDL imports {shown}: {error.message}", error.cause, error.detail) from error

    try:
        return await asyncio.to_thread(_parse, str(url), load_from_thread)
    except SourceError:
        raise
    except Exception as error:  # zeep raises whatever a strange document makes it run into
        raise SourceError(f"The WSDL cannot be understood: {error}"[:300], Cause.NOT_WSDL) from error


def _own_hosts(document: bytes) -> set[str]:
    """Return what the server calls itself: the hosts of the addresses in a WSDL."""
    root = element_tree(document)
    found = root.iter(*_ADDRESSES) if root is not None else ()
    return {urlsplit(location).netloc for element in found if (location := element.get("location"))}


def _typed(location: httpx.URL, typed: httpx.URL, inner: set[str]) -> httpx.URL:
    """Return where to ask for a document: what the server names as its own is asked of the host that was typed."""
    return typed.copy_with(raw_path=location.raw_path) if location.netloc.decode() in inner else location


def _without_types(body: bytes) -> bytes:
    """Keep no more of the schemas than the names of the elements: a WSDL may speak of types that it does not bring."""
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    for schema in root.iter(_SCHEMA + "schema"):
        for child in list(schema):
            name = child.get("name")
            schema.remove(child)
            if child.tag == _SCHEMA + "element" and name:
                etree.SubElement(schema, _SCHEMA + "element", name=name)
    return etree.tostring(root)


def declared_fields(body: bytes) -> dict[str, str]:
    """Return the types of the elements that the schemas in a WSDL declare, by their names."""
    root = element_tree(body)
    found = root.iter(_SCHEMA + "element") if root is not None else ()
    return {name: (one.get("type") or "").rpartition(":")[2] for one in found if (name := one.get("name"))}


def _check_is_wsdl(body: bytes) -> None:
    """Raise a SourceError that says what the document is when it is no WSDL."""
    if page := html_instead(body, None):
        raise page
    refuse_prolog(body)
    root = element_tree(body, complete=True)
    if root is None:
        raise SourceError("The address answers with something that is not XML, so not a WSDL", Cause.NOT_WSDL)
    if root.tag != _WSDL_ROOT:
        raise SourceError(
            f"The address answers with XML that is not a WSDL: its root is <{local_name(root.tag)}>", Cause.NOT_WSDL
        )


class _Transport:
    """All that zeep needs of its transport to read a WSDL; its own would open local files."""

    def __init__(self, load: Callable[[str], bytes]) -> None:
        self._load = load
        self._loaded = 0

    def load(self, location: str) -> bytes:
        self._loaded += 1
        if self._loaded > _MOST_DOCUMENTS:
            raise SourceError(f"The WSDL imports more than {_MOST_DOCUMENTS} documents", Cause.NOT_WSDL)
        return self._load(location)


def _parse(url: str, load: Callable[[str], bytes]) -> dict[str, Operation]:
    # Imported only when a WSDL is read: zeep brings some 20 MB that most processes never need.
    import zeep.wsdl

    settings = zeep.Settings(forbid_dtd=True, forbid_entities=True, force_https=False)
    transport: Any = _Transport(load)
    document = zeep.wsdl.Document(url, transport, settings=settings)
    found: dict[str, Operation] = {}
    for service in document.services.values():
        for port in service.ports.values():
            _collect(port, found)
    return found


def _collect(port: Any, found: dict[str, Operation]) -> None:
    from zeep.wsdl.bindings import Soap11Binding, Soap12Binding

    if not isinstance(port.binding, Soap11Binding | Soap12Binding):
        return
    version = "1.1" if isinstance(port.binding, Soap11Binding) else "1.2"
    binding: Any = port.binding
    for name, operation in binding.all().items():
        if name in found and (found[name].soap_version == "1.1" or version == "1.2"):
            continue
        body = operation.input.body if operation.input else None
        namespace = body.qname.namespace if body is not None else binding.name.namespace
        found[name] = Operation(
            name=name,
            soap_version=version,
            action=operation.soapaction or "",
            element=(namespace or "", body.qname.localname if body is not None else name),
            location=port.binding_options.get("address") or "",
        )
