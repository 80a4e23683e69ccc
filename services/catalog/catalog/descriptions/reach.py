"""Says why a server could not be reached, in words for whoever set its address."""

import socket
import ssl
from collections.abc import Iterator

import httpx2

from catalog.descriptions.complaints import one_line


def why_unreached(error: BaseException, address: str) -> str:
    """Return one line about ``error``, which the library raised, and its causes."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, httpx2.ProxyError):
            return _said(f"the proxy did not let the request through to {address}", cause)
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of {address} is not trusted: {one_line(cause.verify_message)}"
        if isinstance(cause, ssl.SSLError):
            return _said(f"{address} does not speak TLS as it should; is it http and not https?", cause)
        if isinstance(cause, socket.gaierror):
            return _said(f"the name in {address} is not found", cause)
        if isinstance(cause, ConnectionRefusedError):
            return f"nothing listens at {address}"
        if isinstance(cause, httpx2.RemoteProtocolError | httpx2.LocalProtocolError):
            return _said(f"{address} does not speak HTTP as it should; is it https and not http?", cause)
    return _said(f"the model's server cannot be reached at {address}", causes[-1])


def _said(text: str, cause: BaseException) -> str:
    words = one_line(str(cause))
    return f"{text}: {words}" if words else text


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Return the causes of an error, from the innermost, which knows most, to the error itself."""
    if error is not None:
        yield from _causes(error.__cause__ or error.__context__)
        yield error
