"""Every way in which 1C can fail ends a sync in ``error``, in time, with a message that names the cause."""

import time

import pytest
from ecatalog.testing.ports import free_port

from deploy.local.demo.api import Api
from tests.onec import OneC, simulated
from tests.sources import connect

pytestmark = pytest.mark.cluster
TIMEOUT = 3  # seconds of silence that the integrations of these tests bear
GRACE = 10  # for everything else of a sync, on a busy machine

# mode: a part of the message
FAILURES = {
    "401": "refused the login (HTTP 401)",
    "402": "no free licence",
    "403": "forbids the access (HTTP 403)",
    "404": "no such address (HTTP 404)",
    "406": "no free session (HTTP 406)",
    "503": "out of service (HTTP 503)",
    "html": "web page instead of XML",
    "licence": "no free licence",
    "fault": "Ошибка при вызове метода контекста",
    "fault200": "Ошибка при вызове метода контекста",
    "truncated": "broke off",
    "short": "broke off",
    "unclosed": "broke off",
    "malformed": "not well-formed XML",
    "silent": f"sent nothing for {TIMEOUT} seconds",
    "drip": "too slow",
}


@pytest.mark.parametrize(("mode", "cause"), FAILURES.items(), ids=FAILURES)
def test_failure_ends_in_error_that_names_the_cause(admin: Api, onec: OneC, mode: str, cause: str) -> None:
    source = connect(admin, onec.wsdl(mode), timeout=TIMEOUT)
    began = time.monotonic()
    end = source.sync()

    assert end.status == "error"
    assert cause in (end.message or "")
    assert time.monotonic() - began < TIMEOUT + GRACE
    assert source.products() == 0, "a list that broke off must not be stored in part"


def test_refused_connection_names_the_address(admin: Api) -> None:
    port = free_port()
    end = connect(admin, f"http://127.0.0.1:{port}/base/ws/Catalog.1cws?wsdl", timeout=TIMEOUT).sync()
    assert (end.status, end.message) == ("error", f"127.0.0.1:{port} refused the connection: nothing listens there")


def test_unknown_host_names_the_host(admin: Api) -> None:
    end = connect(admin, "http://srv-1c.invalid/base/ws/Catalog.1cws?wsdl", timeout=TIMEOUT).sync()
    assert (end.status, end.message) == ("error", "The name srv-1c.invalid was not found")


def test_missing_operation_names_what_there_is(admin: Api, onec: OneC) -> None:
    end = connect(admin, onec.wsdl("products-only"), timeout=TIMEOUT).sync("clients")
    assert end.status == "error"
    assert end.message == 'The service has no operation "GetClientList"; it offers: GetProductList'


def test_wrong_password_is_named_and_the_right_one_works(admin: Api) -> None:
    login = {"username": "Администратор", "password": "верный"}
    with simulated("--user", login["username"], "--password", login["password"], products=10) as onec:
        wrong = connect(admin, onec.wsdl(), **{**login, "password": "wrong"}).sync()
        right = connect(admin, onec.wsdl(), **login).sync()
    assert wrong.status == "error"
    assert "refused the login (HTTP 401)" in (wrong.message or "")
    assert (right.status, right.created) == ("completed", 10)


@pytest.mark.parametrize("mode", ["gzip", "control", "soap12", "proxied"])
def test_oddities_of_1c_are_no_failures(admin: Api, onec: OneC, mode: str) -> None:
    end = connect(admin, onec.wsdl(mode)).sync()
    assert (end.status, end.total, end.created) == ("completed", 600, 600)


@pytest.mark.parametrize("mode", ["empty", "truncated", "fault"])
def test_nothing_changes_when_a_later_list_is_empty_or_fails(admin: Api, onec: OneC, mode: str) -> None:
    source = connect(admin, onec.wsdl())
    assert source.sync().status == "completed"
    before = admin.get("/api/v1/nomenklatura/", project_id=source.project, limit=100)

    admin.patch(f"/api/v1/integration/{source.integration}/", {"wsdl_url": onec.wsdl(mode)})
    end = source.sync()

    assert end.created == end.updated == 0
    assert end.message, "an answer that changes nothing says so"
    assert admin.get("/api/v1/nomenklatura/", project_id=source.project, limit=100) == before
