"""Signing keys are created, rotated with overlap, and published as a key set."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from ecatalog.contracts.auth import KEYS_ROTATED, KeysRotated
from ecatalog.core.clock import Clock, moment
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database, transaction_of
from ecatalog.events.outbox import publish
from ecatalog.security.encryption import DecryptionFailed, Encryption
from jwt.algorithms import OKPAlgorithm
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, func, or_, select, update

from auth.keys.models import SigningKey
from auth.settings import AuthSettings

ALGORITHM = "EdDSA"
LEAD_SECONDS = 60
"""A new key is published this long before it signs: longer than readers of the key set wait between readings."""
REREAD_SECONDS = 30
LOCK = 0x0EC0_0010


@dataclass(frozen=True)
class Signer:
    """A private key that is ready to sign from ``signs_from`` on."""

    kid: str
    key: Ed25519PrivateKey
    signs_from: datetime

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, ALGORITHM, headers={"kid": self.kid})


class Keyring:
    """The keys as this process knows them. They are read every 30 seconds, so a rotation reaches every replica.

    ``longest_ttl`` is the longest life of a token in seconds: a key that no longer signs verifies for that long.
    """

    def __init__(self, database: Database, encryption: Encryption, longest_ttl: int, clock: Clock) -> None:
        self._database = database
        self._encryption = encryption
        self._longest_ttl = timedelta(seconds=longest_ttl)
        self._clock = clock
        self._signers: list[Signer] = []
        self._read_at = float("-inf")

    @classmethod
    def of(cls, settings: AuthSettings, database: Database, clock: Clock) -> "Keyring":
        return cls(database, settings.encryption, settings.longest_ttl, clock)

    async def signer(self) -> Signer:
        """Return the key that signs now. Raises :class:`DecryptionFailed` when ``SECRET_KEY`` has changed."""
        now = self._clock()
        if not self._signers or now - self._read_at > REREAD_SECONDS:
            self._signers = [self._opened(key) for key in await self._usable()]
            self._read_at = now
        ready = moment(self._clock())  # asked again: a first key was created since ``now``
        return max((one for one in self._signers if one.signs_from <= ready), key=lambda one: one.signs_from)

    async def check(self) -> None:
        """Raise with the reason when nothing can be signed."""
        await self.signer()

    async def jwks(self) -> dict[str, Any]:
        """Return the public keys whose tokens are accepted, as a JSON Web Key Set."""
        return {"keys": [_jwk(key) for key in await self._usable()]}

    async def list_keys(self) -> list[SigningKey]:
        """Return every key that is still kept, oldest first."""
        async with self._database.session() as session:
            return list(await session.scalars(select(SigningKey).order_by(col(SigningKey.signs_from))))

    async def rotate(self) -> str:
        """Publish a new key, which signs a minute later, and return its ``kid``."""
        now = moment(self._clock())
        async with self._database.session() as session:
            await _lock(session)
            return await self._add(session, now + timedelta(seconds=LEAD_SECONDS))

    async def export_private_pem(self, kid: str) -> bytes | None:
        """Return a private key in PKCS8 PEM, for tools that must sign as we do; None if there is no such key."""
        async with self._database.session() as session:
            found = await session.get(SigningKey, kid)
        if found is None:
            return None
        return self._opened(found).key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    async def ensure(self) -> None:
        """Create the first key, if no other process has."""
        async with self._database.session() as session:
            await _lock(session)
            if await session.scalar(select(SigningKey.kid).limit(1)) is None:
                await self._add(session, moment(self._clock()))

    async def delete_old(self, session: AsyncSession) -> None:
        """Delete keys whose last token has expired."""
        await session.execute(delete(SigningKey).where(col(SigningKey.verified_until) < moment(self._clock())))

    async def _usable(self) -> list[SigningKey]:
        for _ in range(2):
            async with self._database.session() as session:
                found = list(await session.scalars(_accepted(moment(self._clock()))))
            if found:
                return found
            await self.ensure()
        raise LookupError("no signing key is valid any more")

    async def _add(self, session: AsyncSession, signs_from: datetime) -> str:
        kid = uuid7().hex
        private = Ed25519PrivateKey.generate()
        retired = update(SigningKey).where(col(SigningKey.verified_until).is_(None))
        await session.execute(retired.values(verified_until=signs_from + self._longest_ttl))
        encrypted = self._encryption.encrypt(private.private_bytes_raw(), kid)
        public = private.public_key().public_bytes_raw()
        session.add(SigningKey(kid=kid, public=public, private=encrypted, signs_from=signs_from))
        await session.flush()
        kids = [key.kid for key in await session.scalars(_accepted(moment(self._clock())))]
        await publish(await transaction_of(session), KEYS_ROTATED, KeysRotated(kids=kids), key=kid)
        return kid

    def _opened(self, key: SigningKey) -> Signer:
        try:
            private = self._encryption.decrypt(key.private, key.kid)
        except DecryptionFailed:
            raise DecryptionFailed(f"SECRET_KEY does not open the signing key {key.kid}") from None
        return Signer(key.kid, Ed25519PrivateKey.from_private_bytes(private), key.signs_from)


async def _lock(session: AsyncSession) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _accepted(now: datetime) -> Any:
    until = col(SigningKey.verified_until)
    return select(SigningKey).where(or_(until.is_(None), until > now)).order_by(col(SigningKey.signs_from))


def _jwk(key: SigningKey) -> dict[str, Any]:
    public = OKPAlgorithm.to_jwk(Ed25519PublicKey.from_public_bytes(key.public), as_dict=True)
    return {**public, "kid": key.kid, "alg": ALGORITHM, "use": "sig"}
