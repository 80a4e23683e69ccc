"""The WSDL is that of the platform: one inline schema, document/literal wrapped, a SOAP 1.1 and a SOAP 1.2 port."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import quoteattr

from deploy.local.onec.fields import NAMESPACE, OPERATIONS, SERVICE

_HTTP = "http://schemas.xmlsoap.org/soap/http"


def render(location: str, *, operations: Iterable[str] = tuple(OPERATIONS), only_soap12: bool = False) -> bytes:
    """Render the document for a service that is called at ``location``."""
    names = list(operations)
    versions = [("Soap12", "soap12bind")] if only_soap12 else [("Soap", "soapbind"), ("Soap12", "soap12bind")]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"',
            '\t\txmlns:soap12bind="http://schemas.xmlsoap.org/wsdl/soap12/"',
            '\t\txmlns:soapbind="http://schemas.xmlsoap.org/wsdl/soap/"',
            f'\t\txmlns:tns="{NAMESPACE}"',
            '\t\txmlns:xsd="http://www.w3.org/2001/XMLSchema"',
            f'\t\txmlns:xsd1="{NAMESPACE}"',
            f'\t\tname="{SERVICE}"',
            f'\t\ttargetNamespace="{NAMESPACE}">',
            *_types(),
            *(_messages(name) for name in names),
            _port_type(names),
            *(_binding(names, suffix, prefix) for suffix, prefix in versions),
            _service(location, versions),
            "</definitions>",
        ]
    ).encode()


def _types() -> Iterable[str]:
    yield (
        '<types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xs1="{NAMESPACE}" targetNamespace="{NAMESPACE}" '
        'attributeFormDefault="unqualified" elementFormDefault="qualified">'
    )
    for list_type, item, fields in OPERATIONS.values():
        yield _row_type(item, fields)
        yield (
            f'<xs:complexType name="{list_type}"><xs:sequence>'
            f'<xs:element name="{item}" type="tns:{item}" minOccurs="0" maxOccurs="unbounded"/>'
            "</xs:sequence></xs:complexType>"
        )
    for operation, (list_type, _, _) in OPERATIONS.items():
        yield f'<xs:element name="{operation}"><xs:complexType><xs:sequence/></xs:complexType></xs:element>'
        yield (
            f'<xs:element name="{operation}Response"><xs:complexType><xs:sequence>'
            f'<xs:element name="return" type="tns:{list_type}" nillable="true"/>'
            "</xs:sequence></xs:complexType></xs:element>"
        )
    yield "</xs:schema></types>"


def _row_type(item: str, fields: Mapping[str, str]) -> str:
    optional = ' nillable="true" minOccurs="0"'
    elements = "".join(
        f'<xs:element name="{name}" type="xs:{kind}"{"" if name in ("Code", "Name") else optional}/>'
        for name, kind in fields.items()
    )
    return f'<xs:complexType name="{item}"><xs:sequence>{elements}</xs:sequence></xs:complexType>'


def _messages(operation: str) -> str:
    return "".join(
        f'<message name="{operation}{kind}Message">'
        f'<part name="parameters" element="tns:{operation}{element}"/></message>'
        for kind, element in (("Request", ""), ("Response", "Response"))
    )


def _port_type(operations: Iterable[str]) -> str:
    inside = "".join(
        f'<operation name="{name}"><input message="tns:{name}RequestMessage"/>'
        f'<output message="tns:{name}ResponseMessage"/></operation>'
        for name in operations
    )
    return f'<portType name="{SERVICE}PortType">{inside}</portType>'


def _binding(operations: Iterable[str], suffix: str, prefix: str) -> str:
    inside = "".join(
        f'<operation name="{name}">'
        f'<{prefix}:operation style="document" soapAction="{NAMESPACE}#{SERVICE}:{name}"/>'
        f'<input><{prefix}:body use="literal"/></input><output><{prefix}:body use="literal"/></output>'
        "</operation>"
        for name in operations
    )
    return (
        f'<binding name="{SERVICE}{suffix}Binding" type="tns:{SERVICE}PortType">'
        f'<{prefix}:binding style="document" transport="{_HTTP}"/>{inside}</binding>'
    )


def _service(location: str, versions: Iterable[tuple[str, str]]) -> str:
    ports = "".join(
        f'<port name="{SERVICE}{suffix}" binding="tns:{SERVICE}{suffix}Binding">'
        f"<{prefix}:address location={quoteattr(location)}/></port>"
        for suffix, prefix in versions
    )
    return f'<service name="{SERVICE}">{ports}</service>'
