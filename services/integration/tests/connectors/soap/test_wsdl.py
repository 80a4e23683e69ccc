from collections.abc import Awaitable, Callable

import httpx
import pytest
from integration.connectors.soap import Cause, SoapSource, SourceError, SourceSettings
from integration.connectors.soap.wsdl import Operation, _parse, read_wsdl

from deploy.local.onec import wsdl as platform

Settings = Callable[..., SourceSettings]
Serve = Callable[[Callable[[bytes], bytes]], Awaitable[str]]

URL = httpx.URL("http://1c.example/base/ws/Catalog.1cws?wsdl")
PLATFORM = platform.render("http://inner/base/ws/Catalog.1cws")

# What hand-written servers that are not 1C's own look like: one port, short prefixes, no name of the service.
PLAIN = b"""<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="urn:plain" targetNamespace="urn:plain" name="C">
<types><xs:schema targetNamespace="urn:plain" elementFormDefault="qualified">
<xs:element name="GetProductList"><xs:complexType><xs:sequence/></xs:complexType></xs:element>
<xs:element name="GetProductListResponse"><xs:complexType><xs:sequence>
<xs:element name="return" type="xs:anyType"/></xs:sequence></xs:complexType></xs:element>
</xs:schema></types>
<message name="In"><part name="parameters" element="tns:GetProductList"/></message>
<message name="Out"><part name="parameters" element="tns:GetProductListResponse"/></message>
<portType name="P"><operation name="GetProductList">
<input message="tns:In"/><output message="tns:Out"/></operation></portType>
<binding name="B" type="tns:P"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="GetProductList"><soap:operation soapAction="urn:plain#GetProductList" style="document"/>
<input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
<service name="S"><port name="Port" binding="tns:B"><soap:address location="http://127.0.0.1:1/ws/ok"/></port></service>
</definitions>"""


async def operations(document: bytes, **more: bytes) -> dict[str, Operation]:
    """Reads the document at URL; `more` are further documents by the last part of their path."""

    async def load(url: httpx.URL) -> bytes:
        return document if url == URL else more[url.path.rpartition("/")[2]]

    return await read_wsdl(URL, load)


def with_schema_line(line: str) -> bytes:
    return PLATFORM.replace(b'elementFormDefault="qualified">', f'elementFormDefault="qualified">{line}'.encode(), 1)


async def test_wsdl_of_the_platform_is_understood() -> None:
    found = await operations(PLATFORM)
    assert found["GetClientList"] == Operation(
        name="GetClientList",
        soap_version="1.1",
        action="http://www.sample-package.org#Catalog:GetClientList",
        element=("http://www.sample-package.org", "GetClientList"),
        location="http://inner/base/ws/Catalog.1cws",
    )


async def test_wsdl_of_a_plain_server_is_understood() -> None:
    assert await operations(PLAIN) == {
        "GetProductList": Operation(
            "GetProductList",
            "1.1",
            "urn:plain#GetProductList",
            ("urn:plain", "GetProductList"),
            "http://127.0.0.1:1/ws/ok",
        )
    }


async def test_soap_1_2_is_taken_where_nothing_else_is_offered() -> None:
    found = await operations(platform.render("http://inner/x", only_soap12=True))
    assert {operation.soap_version for operation in found.values()} == {"1.2"}


async def test_rpc_style_is_called_by_the_name_of_the_operation() -> None:
    document = PLAIN.replace(b'style="document"', b'style="rpc"').replace(
        b'use="literal"', b'use="literal" namespace="urn:rpc"'
    )
    assert (await operations(document))["GetProductList"].element == ("urn:rpc", "GetProductList")


@pytest.mark.parametrize("line", ["", '<xs:import namespace="http://v8.1c.ru/8.1/data/core"/>'])
async def test_types_that_the_wsdl_does_not_bring_do_not_matter(line: str) -> None:
    document = with_schema_line(line).replace(b'type="xs:string"', b'type="core:ValueTable"')
    document = document.replace(b"<definitions", b'<definitions xmlns:core="http://v8.1c.ru/8.1/data/core"')
    assert set(await operations(document)) == {"GetProductList", "GetClientList"}


async def test_schema_in_its_own_document_is_loaded_from_the_source() -> None:
    schema = PLAIN[PLAIN.index(b"<xs:schema") : PLAIN.index(b"</types>")]
    imported = schema.replace(b"<xs:schema", b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"')
    include = b'<xs:schema targetNamespace="urn:plain"><xs:include schemaLocation="types.xsd"/></xs:schema>'
    found = await operations(PLAIN.replace(schema, include), **{"types.xsd": imported})
    assert set(found) == {"GetProductList"}


XS = b'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
INNER = ["http://srv-1c", "http://srv-1c:8080", "https://10.0.0.9", "http://localhost", "http://127.0.0.1:81"]


@pytest.mark.parametrize("inner", INNER)
async def test_documents_under_the_name_that_the_server_gives_itself_are_asked_of_the_typed_host(inner: str) -> None:
    asked: list[str] = []
    path = "/base/ws/Catalog.1cws"
    schema = PLAIN[PLAIN.index(b"<xs:schema") : PLAIN.index(b"</types>")]
    elsewhere = f'<xs:import namespace="urn:plain" schemaLocation="{inner}{path}?xsd=1"/>'
    main = PLAIN.replace(b"http://127.0.0.1:1/ws/ok", f"{inner}{path}".encode()).replace(
        schema, f"<xs:schema>{elsewhere}</xs:schema>".encode()
    )

    async def load(url: httpx.URL) -> bytes:
        asked.append(str(url))
        return main if url == URL else schema.replace(b"<xs:schema", b"<xs:schema " + XS, 1)

    assert set(await read_wsdl(URL, load)) == {"GetProductList"}
    assert asked == [str(URL), f"http://1c.example{path}?xsd=1"]


DOCTYPE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
IMPORTED = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"/>'


@pytest.mark.parametrize("before", [b"", b"\n", b"<!-- c -->", b"\xef\xbb\xbf"])
async def test_document_type_inside_an_imported_schema_is_refused(before: bytes) -> None:
    main = with_schema_line('<xs:import namespace="urn:x" schemaLocation="x.xsd"/>')
    assert await operations(main, **{"x.xsd": IMPORTED})
    with pytest.raises(SourceError) as refused:
        await operations(main, **{"x.xsd": before + DOCTYPE + IMPORTED})
    assert refused.value.cause is Cause.MALFORMED
    assert refused.value.message == (
        "The WSDL imports http://1c.example/base/ws/x.xsd: The answer holds a DOCTYPE, which is refused"
    )


def test_zeep_itself_refuses_document_types_and_entities() -> None:
    with pytest.raises(Exception, match="DTDForbidden"):
        _parse("http://x/", lambda _: DOCTYPE + PLAIN.partition(b"?>")[2].strip())


@pytest.mark.parametrize("before", ["\r\n", "\ufeff", "\ufeff\n\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
async def test_encoding_and_beginning_of_a_wsdl_do_not_matter(
    serve: Serve, settings: Settings, before: str, encoding: str
) -> None:
    text = (
        PLAIN.decode()
        .replace('"1.0"?', f'"1.0" encoding="{encoding}"?')
        .replace('name="C">', 'name="C"><documentation>Обмен</documentation>')
    )
    document = (before if encoding != "windows-1251" else "\n").encode(encoding) + text.encode(encoding)
    url = await serve(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(document), document))
    async with SoapSource(settings(url + "/x?wsdl")) as source:
        assert await source.operations() == ["GetProductList"]


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("file:///etc/passwd", "The WSDL imports file:///etc/passwd: The address of the source must begin with http"),
        ("ftp://1c.example/x.xsd", "must begin with http:// or https://"),
        (
            "http://user:geheim@1c.example/x.xsd",
            "The WSDL imports http://1c.example/x.xsd: The address of the source holds",
        ),
    ],
)
async def test_import_that_is_no_http_address_is_refused(location: str, message: str) -> None:
    with pytest.raises(SourceError) as refused:
        await operations(with_schema_line(f'<xs:import namespace="urn:x" schemaLocation="{location}"/>'))
    assert refused.value.cause is Cause.ADDRESS
    assert message in refused.value.message
    assert "geheim" not in refused.value.message


async def test_bare_path_is_asked_of_the_source_and_not_of_this_machine() -> None:
    asked = []

    async def load(url: httpx.URL) -> bytes:
        asked.append(str(url))
        return with_schema_line('<xs:import namespace="u" schemaLocation="/etc/passwd"/>') if url == URL else b"<a/>"

    await read_wsdl(URL, load)
    assert asked == [str(URL), "http://1c.example/etc/passwd"]


async def test_imports_without_end_are_given_up() -> None:
    loaded = 0

    async def load(_: httpx.URL) -> bytes:
        nonlocal loaded
        loaded += 1
        line = f'<wsdl:import xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" namespace="u" location="x{loaded}.wsdl"/>'
        return PLAIN.replace(b"<types>", line.encode() + b"<types>")

    with pytest.raises(SourceError) as refused:
        await read_wsdl(URL, load)
    assert refused.value.message == "The WSDL imports more than 50 documents"


NO_WSDL = {
    "html": (b"<!DOCTYPE html><html><head><title>IIS</title></head></html>", Cause.HTML, 'instead of XML: "IIS"'),
    "xhtml": (b'<?xml version="1.0"?>\n<!DOCTYPE html><html><body>Apache</body></html>', Cause.HTML, '"Apache"'),
    "text": (b"It works!", Cause.MALFORMED, 'text instead of XML: "It works!"'),
    "other xml": (b"<service/>", Cause.NOT_WSDL, "XML that is not a WSDL: its root is <service>"),
    "cut": (PLATFORM[:-30], Cause.NOT_WSDL, "not XML, so not a WSDL"),
    "no service": (b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', None, ""),
    "dangling": (PLAIN.replace(b"tns:In", b"tns:Gone"), Cause.NOT_WSDL, "The WSDL cannot be understood"),
    "doctype": (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + PLATFORM[38:], Cause.MALFORMED, "DOCTYPE"),
}


@pytest.mark.parametrize(("document", "cause", "words"), NO_WSDL.values(), ids=NO_WSDL.keys())
async def test_what_is_no_wsdl_is_named(document: bytes, cause: Cause | None, words: str) -> None:
    if cause is None:
        assert await operations(document) == {}
        return
    with pytest.raises(SourceError) as refused:
        await operations(document)
    assert (refused.value.cause, words in refused.value.message) == (cause, True), refused.value.message


async def test_import_from_a_forbidden_address_is_refused_by_the_guard(serve: Serve, settings: Settings) -> None:
    other = "http://169.254.169.254/latest/x.xsd"
    document = with_schema_line(f'<xs:import namespace="urn:x" schemaLocation="{other}"/>')
    url = await serve(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(document), document))
    with pytest.raises(SourceError) as refused:
        async with SoapSource(settings(url + "/x?wsdl")) as source:
            await source.operations()
    assert refused.value.cause is Cause.ADDRESS
    assert refused.value.message.startswith(f"The WSDL imports {other}: The address 169.254.169.254 leads to")


async def test_login_and_session_are_not_sent_to_another_server(serve: Serve, settings: Settings) -> None:
    asked: list[bytes] = []

    def elsewhere(request: bytes) -> bytes:
        asked.append(request)
        return b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>"

    other = await serve(elsewhere)
    document = with_schema_line(f'<xs:import namespace="urn:x" schemaLocation="{other}/x.xsd"/>')
    url = await serve(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(document), document))
    async with SoapSource(settings(url + "/x?wsdl", username="u", password="p")) as source:
        assert "GetProductList" in await source.operations()
    assert len(asked) == 1
    assert b"authorization" not in asked[0].lower()
    assert b"ibsession" not in asked[0].lower()


async def test_redirect_to_a_file_is_not_followed(serve: Serve, settings: Settings) -> None:
    url = await serve(lambda _: b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(SourceError) as refused:
        async with SoapSource(settings(url + "/x?wsdl")) as source:
            await source.operations()
    assert refused.value.cause is Cause.REDIRECT


async def test_wsdl_without_end_is_given_up(serve: Serve, settings: Settings) -> None:
    url = await serve(lambda _: b"HTTP/1.1 200 OK\r\n\r\n<definitions>" + b" " * (9 * 2**20))
    with pytest.raises(SourceError) as refused:
        async with SoapSource(settings(url + "/x?wsdl", timeout=5)) as source:
            await source.operations()
    assert refused.value.cause is Cause.TOO_LARGE
