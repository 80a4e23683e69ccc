"""Keys are rotated while tokens of the old one live on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import jwt
import psycopg
import pytest
from auth.keys.service import LEAD_SECONDS, REREAD_SECONDS, Keyring
from auth.settings import AuthSettings
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from ecatalog.db.database import Database
from ecatalog.security.encryption import DecryptionFailed
from jwt.algorithms import OKPAlgorithm
from pydantic import SecretStr

from ..builders import Clock

WEEK = 7 * 24 * 3600
MakeKeyring = Callable[[], Keyring]


@pytest.fixture
async def replica(bare: AuthSettings, clock: Clock) -> AsyncIterator[MakeKeyring]:
    """Makes the keyring of one more process."""
    clock.reset()
    database = Database(bare.dsn)
    yield lambda: Keyring.of(bare, database, clock)
    await database.close()


def with_secret(settings: AuthSettings, secret: str) -> AuthSettings:
    return settings.model_copy(update={"secret_key": SecretStr(secret)})


async def signing_kid(keyring: Keyring) -> str:
    return (await keyring.signer()).kid


async def published(keyring: Keyring) -> list[str]:
    return [key["kid"] for key in (await keyring.jwks())["keys"]]


async def rotated_events(dsn: str) -> list[Any]:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        cursor = await connection.execute(
            "select data->'kids' from outbox where type like '%keys.rotated%' order by seq"
        )
        return [kids for (kids,) in await cursor.fetchall()]


async def test_first_key_is_created_once_by_many_processes(replica: MakeKeyring, bare: AuthSettings) -> None:
    used = await asyncio.gather(*(signing_kid(replica()) for _ in range(8)))
    assert len(set(used)) == 1
    assert await published(replica()) == [used[0]]
    assert await rotated_events(bare.dsn) == [[used[0]]]


async def test_new_key_is_published_before_it_signs(replica: MakeKeyring, clock: Clock) -> None:
    keyring = replica()
    old = await signing_kid(keyring)
    new = await keyring.rotate()
    assert await published(keyring) == [old, new]
    for _ in range(2):
        clock.forward(LEAD_SECONDS / 2 - 1)
        assert await signing_kid(keyring) == old
    clock.forward(2)
    assert await signing_kid(keyring) == new


async def test_rotation_reaches_a_process_that_has_signed_just_now(replica: MakeKeyring, clock: Clock) -> None:
    assert REREAD_SECONDS < LEAD_SECONDS
    first, second = replica(), replica()
    await signing_kid(second)
    new = await first.rotate()
    clock.forward(LEAD_SECONDS)
    assert await signing_kid(second) == new


async def test_old_key_verifies_until_its_last_token_has_expired(
    replica: MakeKeyring, bare: AuthSettings, clock: Clock
) -> None:
    keyring = replica()
    old = await signing_kid(keyring)
    new = await keyring.rotate()
    clock.forward(LEAD_SECONDS + WEEK - 1)
    assert await published(keyring) == [old, new]
    clock.forward(2)
    assert await published(keyring) == [new]
    database = Database(bare.dsn)
    async with database.session() as session:
        await keyring.delete_old(session)
    await database.close()
    assert [key.kid for key in await keyring.list_keys()] == [new]


async def test_rotation_is_published(replica: MakeKeyring, bare: AuthSettings) -> None:
    keyring = replica()
    old = await signing_kid(keyring)
    new = await keyring.rotate()
    assert await rotated_events(bare.dsn) == [[old], [old, new]]


async def test_published_key_verifies_what_the_signer_signed(replica: MakeKeyring) -> None:
    keyring = replica()
    token = (await keyring.signer()).sign({"user_id": "1"})
    [entry] = (await keyring.jwks())["keys"]
    assert set(entry) == {"kty", "crv", "x", "kid", "alg", "use"}
    assert (entry["kty"], entry["crv"], entry["alg"], entry["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")
    key = OKPAlgorithm.from_jwk(entry)
    assert jwt.decode(token, key, algorithms=["EdDSA"]) == {"user_id": "1"}  # type: ignore[arg-type]  # a public key


async def test_exported_key_signs_as_we_do(replica: MakeKeyring) -> None:
    keyring = replica()
    signer = await keyring.signer()
    pem = await keyring.export_private_pem(signer.kid)
    assert pem is not None
    key = load_pem_private_key(pem, None)
    assert key.private_bytes_raw() == signer.key.private_bytes_raw()  # type: ignore[union-attr]  # Ed25519 has it
    assert await keyring.export_private_pem("unknown") is None


async def test_private_half_is_not_in_the_database(replica: MakeKeyring) -> None:
    keyring = replica()
    signer = await keyring.signer()
    [kept] = await keyring.list_keys()
    assert signer.key.private_bytes_raw() not in kept.private


async def test_other_secret_key_is_reported_and_creates_no_new_key(
    replica: MakeKeyring, clock: Clock, bare: AuthSettings
) -> None:
    await signing_kid(replica())
    database = Database(bare.dsn)
    stranger = Keyring.of(with_secret(bare, "another secret"), database, clock)
    with pytest.raises(DecryptionFailed, match="SECRET_KEY does not open"):
        await stranger.check()
    assert len(await stranger.list_keys()) == 1
    await database.close()


def test_keys_of_earlier_releases_are_read(bare: AuthSettings) -> None:
    """``SECRET_KEY`` was the same; the bytes are what such a release has written."""
    stored = bytes.fromhex(
        "1bc875f83d6058f7f2c6e993ec112c70e68ffd890431c67beee7f4dd8cec223e2f42d73a3ad0448ed3e0242ee99d11e951fd02ef3936cba2"
        "857e4ac2"
    )
    encryption = with_secret(bare, "a secret").encryption
    assert encryption.decrypt(stored, "0193a5c27d1e7b3a9c442f6f0a4d1b10") == b"the 32 bytes of a private key..."
