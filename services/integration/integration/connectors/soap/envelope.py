"""The request is one empty wrapper element in an envelope, with the headers that go with it."""

from xml.sax.saxutils import quoteattr

from integration.connectors.soap.wsdl import Operation

_ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}


def request_body(operation: Operation) -> bytes:
    namespace, name = operation.element
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="{_ENVELOPES[operation.soap_version]}"><soap:Body>'
        f"<m:{name} xmlns:m={quoteattr(namespace)}/>"
        "</soap:Body></soap:Envelope>"
    ).encode()


def request_headers(operation: Operation) -> list[tuple[bytes, bytes]]:
    """Return the headers. Names of services and operations may be Cyrillic, so the action travels as UTF-8 bytes."""
    action = operation.action.replace("\\", "").replace('"', "").encode()
    if operation.soap_version == "1.2":
        content_type = b'application/soap+xml; charset=utf-8; action="' + action + b'"'
        return [(b"Content-Type", content_type)]
    return [(b"Content-Type", b"text/xml; charset=utf-8"), (b"SOAPAction", b'"' + action + b'"')]
