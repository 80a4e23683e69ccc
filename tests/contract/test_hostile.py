"""Whatever a stranger sends is refused in the contract's form, by the real gateway and the services behind it."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.contract.hostile_addresses import HEADERS, PATHS, QUERIES
from tests.contract.hostile_bodies import BODIES, LARGE_BODIES
from tests.contract.raw import PRODUCTS, PROJECTS, Sent, is_refusal, send

pytestmark = pytest.mark.cluster
HOSTILE = {"body": BODIES, "path": PATHS, "query": QUERIES, "header": HEADERS}


@pytest.fixture(scope="module")
def token(cluster: Cluster) -> Iterator[str]:
    api = Api(cluster.base_url)
    yield api.sign_in("admin", "admin123")
    api.close()


@pytest.mark.parametrize(
    "sent",
    [pytest.param(sent, id=f"{part}: {name}") for part, table in HOSTILE.items() for name, sent in table.items()],
)
def test_hostile_request_is_refused_in_the_contracts_form(cluster: Cluster, token: str, sent: Sent) -> None:
    answer = send(cluster.port, sent, token)
    assert is_refusal(answer), answer


@pytest.mark.parametrize("name", LARGE_BODIES)
def test_large_body_is_refused_in_the_contracts_form(cluster: Cluster, token: str, name: str) -> None:
    answer = send(cluster.port, LARGE_BODIES[name](), token)
    assert is_refusal(answer), answer
    assert len(answer.body) < 1000


SEARCHES = ["%25", "_", "%25%25%25", "___", "%5C", "%27%20or%201=1--", "%ED%A0%80", "%FF", "%F0%9F%92%A9", "x%25" * 300]


@pytest.mark.parametrize("words", SEARCHES)
@pytest.mark.parametrize("parameter", ["search", "name_contains", "code_contains", "brand_contains"])
def test_signs_of_patterns_are_letters_like_others(cluster: Cluster, parameter: str, words: str) -> None:
    everything = send(cluster.port, Sent("GET", PRODUCTS)).json["count"]
    answer = send(cluster.port, Sent("GET", f"{PRODUCTS}?{parameter}={words}"))
    assert answer.status == 200
    assert answer.json["count"] < everything


HUGE = ["limit=99999999999", "limit=-1", "limit=x", f"limit={'9' * 400}", "page_size=99999999", "page=1&limit=99999999"]


@pytest.mark.parametrize("query", HUGE)
def test_huge_page_is_cut_to_a_hundred_rows(cluster: Cluster, query: str) -> None:
    answer = send(cluster.port, Sent("GET", f"{PRODUCTS}?{query}"))
    assert answer.status == 200
    assert 1 <= len(answer.json["results"]) <= 100


@pytest.mark.parametrize("offset", [2**31, 2**62, 2**63 - 1, 2**63, 10**19])
def test_offset_behind_the_end_finds_nothing(cluster: Cluster, offset: int) -> None:
    answer = send(cluster.port, Sent("GET", f"{PRODUCTS}?offset={offset}"))
    assert (answer.status, answer.json["results"]) == (200, [])


ODD_CODES = ["a/b", "a//b", "a.b", "a+b", "a b", "Молоко 3,2%", "...", "a%2Fb", "'\";--", "💩", "%", "?#&=", "bulk/x"]


@pytest.mark.parametrize("code", ODD_CODES)
@pytest.mark.parametrize("path", [PROJECTS, PRODUCTS])
def test_row_is_reached_by_whatever_its_code_holds(cluster: Cluster, token: str, path: str, code: str) -> None:
    body = f'{{"code_1c": {json.dumps(code)}, "name": "first", "name": {json.dumps(code)}}}'.encode()
    made = send(cluster.port, Sent("POST", path, body), token)
    assert (made.status, made.json["name"]) == (201, code)
    row = f"{path}{quote(code, safe='')}/"
    assert send(cluster.port, Sent("GET", row)).json["code_1c"] == code
    assert send(cluster.port, Sent("DELETE", row), token).status == 204
    assert send(cluster.port, Sent("GET", row)).status == 404
