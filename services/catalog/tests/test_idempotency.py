"""A creating request that is sent again with its key is answered as the first time."""

import asyncio

import httpx
import psycopg
import pytest
from catalog.settings import CatalogSettings
from ecatalog.core.concurrency import stop
from ecatalog.db.database import Database
from ecatalog.http.idempotency import forget_expired
from ecatalog.testing.client import until
from ecatalog.testing.tokens import TokenFactory

from .builders import Catalog

KEY = {"Idempotency-Key": "3b7c0e"}
BODY = {"code_1c": "N", "name": "x", "base_price": "1.50"}


async def test_repeated_request_gets_the_first_answer_and_makes_one_row(api: Catalog) -> None:
    first = await api.post("nomenklatura/", BODY, **KEY)
    await api.patch("nomenklatura/N/", {"name": "changed since"})
    again = await api.post("nomenklatura/", BODY, **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert await api.listed("nomenklatura") == ["N"]


async def test_key_with_another_request_is_a_conflict(api: Catalog) -> None:
    await api.post("nomenklatura/", BODY, **KEY)
    for path, body in (("nomenklatura/", BODY | {"name": "y"}), ("project/", {"code_1c": "N", "name": "x"})):
        other = await api.post(path, body, **KEY)
        assert (other.status_code, other.json()) == (
            409, {"detail": "This Idempotency-Key was sent before with another request."},
        )  # fmt: skip


async def test_keys_of_users_are_their_own(api: Catalog, client: httpx.AsyncClient, tokens: TokenFactory) -> None:
    await api.post("nomenklatura/", BODY, **KEY)
    other = Catalog(client, tokens.headers(2, "editor"))
    assert (await other.post("nomenklatura/", BODY, **KEY)).status_code == 400


async def test_refused_request_may_be_mended_and_sent_with_the_same_key(api: Catalog) -> None:
    await api.make_product("N")
    refused = await api.post("nomenklatura/", BODY, **KEY)
    assert refused.status_code == 400
    mended = await api.post("nomenklatura/", BODY | {"code_1c": "N2"}, **KEY)
    assert mended.status_code == 201


async def test_requests_at_the_same_time_make_one_row(api: Catalog) -> None:
    answers = await asyncio.gather(*(api.post("nomenklatura/", BODY, **KEY) for _ in range(6)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert await api.listed("nomenklatura") == ["N"]


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_key_of_no_use_is_refused(api: Catalog, key: str) -> None:
    refused = await api.post("nomenklatura/", BODY, **{"Idempotency-Key": key})
    assert refused.json() == {"detail": "Idempotency-Key must have 1 to 255 characters."}


async def test_key_is_forgotten_after_a_day(api: Catalog, settings: CatalogSettings) -> None:
    await api.post("nomenklatura/", BODY, **KEY)
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        connection.execute("update idempotency set created_at = now() - interval '25 hours'")
        other = await api.post("nomenklatura/", BODY | {"code_1c": "N2"}, **KEY)
        assert other.status_code == 201
        connection.execute("update idempotency set created_at = now() - interval '25 hours'")
        database = Database(settings.dsn)
        loop = asyncio.create_task(forget_expired(database))
        await until(lambda: connection.execute("select count(*) from idempotency").fetchone() == (0,))
        await stop([loop])
        await database.close()
