"""Who is let in: the login of the integration, or the session that it began, and nobody else."""

import time
from typing import Any

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.tokens import TokenFactory
from integration.exchange.passwords import LENGTH, KeyedHash, new_password
from integration.exchange.sessions import login_of
from integration.files.limits import LARGEST_PART
from integration.main import create
from integration.settings import IntegrationSettings
from pydantic import SecretStr

from ..builders import add_integration
from .calling import PASSWORD, Module, add_exchange, basic, lines

API = "/api/v1/integration"


async def test_checkauth_begins_a_session(module: Module, database: Database) -> None:
    module.sends_login = False
    assert (await module.ask("init"))[0] == "zip=yes"
    rows = await database.fetch_rows("select token, row_to_json(s)::text from exchange_session s")
    assert len(rows) == 1
    assert module.cookie not in rows[0][1]  # it is kept as a hash


@pytest.mark.parametrize("path", ["/1c/{}/", "/1c/{}", "/1c/{}/1c_exchange.php"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_spelling_of_the_address_and_both_methods(
    client: httpx.AsyncClient, integration: int, path: str, method: str
) -> None:
    module = Module(client, integration, path=path)
    assert (await module.ask("checkauth", method=method))[0] == "success"
    assert (await module.ask("init", method=method))[0] == "zip=yes"


async def assert_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert lines(answer)[0] == "failure"


@pytest.mark.parametrize(
    "headers",
    [
        {}, basic("exchange-1", "wrong"), basic("exchange-1", ""), basic("exchange-2", PASSWORD), basic("", PASSWORD),
        basic("EXCHANGE-1", PASSWORD), basic("exchange-1", PASSWORD + " "), {"Authorization": "Basic %%%"},
        {"Authorization": "Basic"}, {"Authorization": PASSWORD}, {"Cookie": f"ecatalog_exchange={PASSWORD}"},
        {"Cookie": "ecatalog_exchange="},
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["checkauth", "file", "nothing"])
async def test_wrong_login_is_401(
    client: httpx.AsyncClient, integration: int, headers: dict[str, str], mode: str
) -> None:
    assert integration == 1
    module = Module(client, integration, sends_login=False, headers=headers)
    await assert_refused(await module.send(mode, filename="a.xml"))


@pytest.mark.parametrize("role", ["admin", "editor"])
async def test_person_is_refused_by_token_and_by_password(
    client: httpx.AsyncClient, tokens: TokenFactory, integration: int, role: Any
) -> None:
    for headers in (tokens.headers(3, role), basic("admin", "admin123")):
        await assert_refused(await Module(client, integration, sends_login=False, headers=headers).send("checkauth"))


async def test_token_with_a_good_cookie_is_refused(module: Module, tokens: TokenFactory) -> None:
    module.sends_login, module.headers = False, tokens.headers()
    await assert_refused(await module.send("init"))


async def test_login_of_an_exchange_opens_nothing_else(client: httpx.AsyncClient, module: Module) -> None:
    for headers in (basic(login_of(1), PASSWORD), {"Cookie": f"ecatalog_exchange={module.cookie}"}):
        for path in (f"{API}/", f"{API}/1/", f"{API}/history/", f"{API}-preset/", f"{API}/1/mapping/"):
            assert (await client.get(path, headers=headers)).status_code == 401
        for path in (f"{API}/1/exchange-password/", "/api/v1/source-file/1/", f"{API}/sync/nomenklatura/1/"):
            assert (await client.post(path, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        "is_active = false", "is_deleted = true", "exchange_password = null", "kind = 'commerceml-file'",
        "kind = 'soap'",
    ],
)  # fmt: skip
async def test_integration_that_takes_no_exchange_is_401(module: Module, database: Database, change: str) -> None:
    await database.execute(f"update integration set {change}")  # noqa: S608 - of this list
    await assert_refused(await module.send("checkauth"))
    module.sends_login = False
    await assert_refused(await module.send("init"))


@pytest.mark.parametrize("unknown", [2, 0, 10**30])
async def test_unknown_integration_is_401(client: httpx.AsyncClient, integration: int, unknown: int) -> None:
    assert integration == 1
    await assert_refused(await Module(client, unknown).send("checkauth"))


async def test_sessid_alone_is_401(client: httpx.AsyncClient, database: Database, module: Module) -> None:
    await database.execute("update integration set exchange_dialect = 'bitrix'")
    *_, line = await module.ask("checkauth")
    sessid = line.removeprefix("sessid=")
    stranger = Module(client, module.integration, sends_login=False, sessid=sessid)
    for mode in ("init", "file", "import", "complete"):
        await assert_refused(await stranger.send(mode, filename="a.xml"))


async def test_sessid_chooses_among_the_sessions_of_the_login(
    client: httpx.AsyncClient, database: Database, module: Module
) -> None:
    await database.execute("update integration set exchange_dialect = 'bitrix'")
    first, second = [(await module.ask("checkauth"))[3].removeprefix("sessid=") for _ in range(2)]
    for sessid, expected in ((first, first), (second, second), ("", second), ("unknown", second)):
        other = Module(client, module.integration, sessid=sessid)
        assert (await other.ask("init"))[2] == f"sessid={expected}"


async def test_cookie_of_another_integration_is_401(
    client: httpx.AsyncClient, database: Database, hashes: KeyedHash, module: Module
) -> None:
    other = await add_exchange(database, hashes)
    stranger = Module(client, other, cookie=module.cookie, sends_login=False)
    await assert_refused(await stranger.send("init"))
    stranger.sends_login, stranger.password = True, PASSWORD
    assert (await stranger.ask("init"))[0] == "zip=yes"


async def test_session_ends_two_hours_after_its_last_step(module: Module, database: Database) -> None:
    module.sends_login = False
    for minutes, status in ((119, 200), (119, 200), (121, 401)):
        idle = "update exchange_session set used_at = now() - make_interval(mins => %(minutes)s)"
        await database.execute(idle, {"minutes": minutes})
        assert (await module.send("init")).status_code == status


async def test_wrong_password_beside_a_good_cookie_is_401(module: Module) -> None:
    module.password = "wrong"
    await assert_refused(await module.send("init"))


async def test_cookie_alone_does_not_sign_in_again(module: Module) -> None:
    module.sends_login = False
    await assert_refused(await module.send("checkauth"))


async def test_login_without_a_cookie_goes_on_with_its_newest_session(
    client: httpx.AsyncClient, module: Module, database: Database
) -> None:
    await module.file("a.xml", b"<a/>")
    forgetful = Module(client, module.integration)
    await forgetful.file("b.xml", b"<b/>")
    assert (await database.fetch_rows("select count(distinct session_id), sum(files) from source_set"))[0] == (1, 2)


async def test_thousand_wrong_passwords_do_not_keep_the_right_one_out(
    client: httpx.AsyncClient, integration: int
) -> None:
    module = Module(client, integration)
    for number in range(1000):
        module.password = f"{number:024}"
        assert (await module.send("checkauth")).status_code == 401
    module.password = PASSWORD
    began = time.monotonic()
    assert (await module.ask("checkauth"))[0] == "success"
    assert time.monotonic() - began < 1


async def call_unread(settings: IntegrationSettings, path: str, length: int, headers: dict[str, str]) -> int:
    """Send a request whose body must not be read, and return the status."""
    app = create(settings)
    await app.state.database.open()
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("the body is read")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"type=catalog&mode=file&filename=a.xml",
        "headers": [
            (b"content-length", str(length).encode()), *((n.lower().encode(), v.encode()) for n, v in headers.items())
        ],
        "server": ("testserver", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    try:
        await app(scope, receive, send)
    finally:
        await app.state.database.close()
    return int(sent[0]["status"])


async def test_body_without_login_is_refused_before_it_is_read(settings: IntegrationSettings, integration: int) -> None:
    for headers in ({}, basic("exchange-1", "wrong"), {"Cookie": "ecatalog_exchange=x"}):
        assert await call_unread(settings, f"/1c/{integration}/", LARGEST_PART, headers) == 401


async def test_part_that_is_announced_as_too_large_is_refused_before_it_is_read(
    settings: IntegrationSettings, integration: int
) -> None:
    headers = basic(login_of(integration), PASSWORD)
    assert await call_unread(settings, f"/1c/{integration}/", LARGEST_PART + 1, headers) == 200


async def test_password_is_shown_once_and_ends_the_sessions_of_the_old_one(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, module: Module
) -> None:
    answer = await client.post(f"{API}/1/exchange-password/", headers=tokens.headers())
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    assert made == {
        "exchange_url": "http://testserver/1c/1/", "exchange_login": "exchange-1", "password": made["password"],
    }  # fmt: skip
    assert len(made["password"]) == LENGTH
    assert made["password"].isalnum()
    await assert_refused(await module.send("checkauth"))
    module.sends_login = False
    await assert_refused(await module.send("init"))
    assert (await Module(client, 1, password=made["password"]).ask("checkauth"))[0] == "success"
    shown = (await client.get(f"{API}/1/", headers=tokens.headers())).json()
    assert shown["has_exchange_password"] is True
    assert made["password"] not in str(shown)
    (stored,) = (await database.fetch_rows("select row_to_json(i)::text from integration i"))[0]
    assert made["password"] not in stored


async def test_password_of_another_kind_is_400(
    client: httpx.AsyncClient, tokens: TokenFactory, database: Database, integration: int
) -> None:
    other = await add_integration(database)
    assert other != integration
    answer = await client.post(f"{API}/{other}/exchange-password/", headers=tokens.headers())
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert (await client.post(f"{API}/{10**30}/exchange-password/", headers=tokens.headers())).status_code == 404


def test_hash_is_of_its_owner_and_of_its_key() -> None:
    ours, others = KeyedHash(SecretStr("a")), KeyedHash(SecretStr("b"))
    password = new_password()
    stored = ours.of(password, "exchange-1")
    assert ours.fits(stored, password, "exchange-1")
    assert not ours.fits(stored, password, "exchange-2")
    assert not others.fits(stored, password, "exchange-1")
    assert (ours.is_of_this_key(stored), others.is_of_this_key(stored)) == (True, False)
    assert password.encode() not in stored
