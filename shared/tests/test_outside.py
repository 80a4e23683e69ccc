"""Addresses in answers are those that the client can ask, whatever stands between."""

import httpx
import pytest
from ecatalog.http.dependencies import own_url
from ecatalog.http.middleware import RequestContext
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(own_url(Request(scope)))(scope, receive, send)


async def address(**headers: str) -> str:
    transport = httpx.ASGITransport(app=RequestContext(told))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=transport, base_url="http://inside:8000") as client:
        return (await client.get("/api/v1/project/?limit=1", headers=named)).text


@pytest.mark.parametrize(
    ("headers", "beginning"),
    [
        ({}, "http://inside:8000/"),
        ({"x_forwarded_proto": "https"}, "https://inside:8000/"),
        ({"x_forwarded_proto": "HTTPS, http"}, "https://inside:8000/"),
        ({"x_forwarded_proto": "gopher"}, "http://inside:8000/"),
        ({"x_forwarded_host": "shop.example.uz"}, "http://shop.example.uz/"),
        ({"x_forwarded_host": "shop.example.uz, inside"}, "http://shop.example.uz/"),
        ({"x_forwarded_host": "inside"}, "http://inside:8000/"),
        ({"x_forwarded_host": "[2001:db8::1]:8443", "x_forwarded_proto": "https"}, "https://[2001:db8::1]:8443/"),
    ],
)
async def test_address_is_the_one_that_the_first_proxy_was_asked(headers: dict[str, str], beginning: str) -> None:
    assert await address(**headers) == f"{beginning}api/v1/project/?limit=1"
