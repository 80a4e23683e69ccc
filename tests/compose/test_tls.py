"""Behind a proxy that speaks TLS, set up as docs/docker.md says: answers hold addresses that clients can ask."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from deploy.local import binaries
from deploy.local.cluster import free_port
from deploy.local.demo.api import Api
from tests.compose.system import System
from tests.pictures import noise, uploaded

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]
HOST = "shop.example.uz"
PRODUCTS, PICTURES = "/api/v1/nomenklatura/", "/api/v1/nomenklatura-image/"


def documented() -> str:
    """The networks that the page tells people to trust."""
    page = (binaries.ROOT / "docs" / "docker.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"^TRUSTED_PROXIES=(\S+)$", page, re.MULTILINE)
    return str(named)


@pytest.fixture(scope="module")
def behind_tls(project: Callable[..., System]) -> Iterator[System]:
    system = project("tls", free_port(), TRUSTED_PROXIES=documented())
    system.compose("up", "--detach", "--build", "--wait")
    with closing(Api(system.base_url)) as api:
        api.sign_in("admin", "admin123")
        for code in ("TLS-1", "TLS-2"):
            api.post(PRODUCTS, {"code_1c": code, "name": code})
        uploaded(api, "nomenklatura", "TLS-1", noise(40))
    yield system
    system.remove()


def through_the_proxy(system: System, path: str) -> Any:
    """What the proxy is answered, whose client asked https."""
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    request = urllib.request.Request(system.base_url + path, headers=headers)  # noqa: S310 - http
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - http
        return json.load(answer)


def test_next_page_is_https(behind_tls: System) -> None:
    assert through_the_proxy(behind_tls, f"{PRODUCTS}?limit=1")["next"].startswith(f"https://{HOST}/")


def test_pictures_are_https(behind_tls: System) -> None:
    (row,) = through_the_proxy(behind_tls, PICTURES)["results"]
    addresses = [value for value in row.values() if isinstance(value, str) and "://" in value]
    assert addresses
    assert all(address.startswith(f"https://{HOST}/media/") for address in addresses)
