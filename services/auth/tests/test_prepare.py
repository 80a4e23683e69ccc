"""A fresh database gets its first key, and in development an administrator."""

import asyncio
from typing import Any

import psycopg
import pytest
from auth.passwords import recommended
from auth.prepare import prepare
from auth.settings import AuthSettings
from ecatalog.security.encryption import DecryptionFailed
from pydantic import SecretStr

ADMIN = "select username, password, role, is_active from users"


def rows(settings: AuthSettings, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(settings.dsn) as connection:
        return connection.execute(query.encode()).fetchall()


def test_development_gets_a_key_and_an_administrator_once(bare: AuthSettings) -> None:
    for _ in range(2):
        prepare(bare)
        [(username, password, role, is_active)] = rows(bare, ADMIN)
        assert (username, role, is_active) == ("admin", "admin", True)
        assert recommended().verify(password, "admin123")
        assert rows(bare, "select count(*) from signing_key") == [(1,)]


def test_database_with_any_user_gets_no_administrator(bare: AuthSettings) -> None:
    with psycopg.connect(bare.dsn) as connection:
        connection.execute("insert into users (username, is_deleted) values ('anna', true)")
    prepare(bare)
    assert [username for username, *_ in rows(bare, ADMIN)] == ["anna"]


async def test_two_at_once_make_one(bare: AuthSettings) -> None:
    await asyncio.gather(*(asyncio.to_thread(prepare, bare) for _ in range(3)))
    assert rows(bare, "select (select count(*) from users), (select count(*) from signing_key)") == [(1, 1)]


def production(bare: AuthSettings) -> AuthSettings:
    return bare.model_copy(update={"ecatalog_env": "production", "secret_key": SecretStr("a real secret")})


def test_production_gets_a_key_and_no_administrator(bare: AuthSettings) -> None:
    prepare(production(bare))
    assert rows(bare, ADMIN) == []
    assert rows(bare, "select count(*) from signing_key") == [(1,)]


def test_lost_secret_key_stops_with_its_reason(bare: AuthSettings) -> None:
    prepare(bare)
    with pytest.raises(DecryptionFailed, match="SECRET_KEY"):
        prepare(production(bare))


def test_development_secret_is_refused_in_production(bare: AuthSettings) -> None:
    with pytest.raises(ValueError, match="development value"):
        AuthSettings(database_url=bare.database_url, ecatalog_env="production")
