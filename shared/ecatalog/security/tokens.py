"""Access tokens are verified once and remembered until they expire."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.algorithms import OKPAlgorithm

from ecatalog.core.errors import ApiError, AuthenticationFailed, Unavailable, token_not_valid
from ecatalog.telemetry.logging import logger

ISSUER = AUDIENCE = "ecatalog"
MAX_TOKEN_BYTES = 8192
MAX_REMEMBERED = 10_000
UNKNOWN_KEY_PAUSE = 5.0

log = logger(__name__)


KeyLoader = Callable[[], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a verified token. ``regions`` are codes; ``user_id`` is None when the token names nobody."""

    token_type: str
    user_id: int | None
    role: str
    regions: tuple[str, ...]
    agent_code: str | None
    sid: str
    jti: str
    issued_at: int
    expires_at: int


class KeySet:
    """The public keys of auth, by ``kid``; asked for again when a token names an unknown one."""

    def __init__(self, load: KeyLoader) -> None:
        self._load = load
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    @property
    def ready(self) -> bool:
        return bool(self._keys)

    async def refresh(self) -> None:
        """Replace the keys by auth's current set (a JWKS document)."""
        async with self._asking:
            await self._ask()

    async def _ask(self) -> None:
        self._asked_at = time.monotonic()
        document = await self._load()
        keys: dict[str, Ed25519PublicKey] = {}
        for entry in document["keys"]:
            key = OKPAlgorithm.from_jwk(entry)
            if isinstance(key, Ed25519PublicKey):
                keys[entry["kid"]] = key
        self._keys = keys

    async def get(self, kid: str) -> Ed25519PublicKey | None:
        """Return the key named ``kid``; an unknown name asks auth again, at most every five seconds.

        Calls that come while auth is being asked wait for its answer. Raises Unavailable while no key at all is known.
        """
        if kid not in self._keys:
            async with self._asking:
                if kid not in self._keys and time.monotonic() - self._asked_at >= UNKNOWN_KEY_PAUSE:
                    await self._try_asking()
        if not self._keys:
            raise Unavailable
        return self._keys.get(kid)

    async def _try_asking(self) -> None:
        try:
            await self._ask()
        except ApiError as error:
            log.warning("keys cannot be refreshed", error=str(error))


class TokenVerifier:
    """Checks signature, issuer, audience, type and time; refuses everything else as the contract says."""

    def __init__(self, keys: KeySet) -> None:
        self.keys = keys
        self._verified: OrderedDict[str, Claims] = OrderedDict()

    async def verify(self, token: str, token_type: str = "access") -> Claims:  # noqa: S107 - a kind, not a secret
        """Return the claims of ``token``; raises :class:`AuthenticationFailed` for a forged, expired or wrong one."""
        claims = await self.read(token)
        if claims.token_type != token_type:
            raise token_not_valid("Token has wrong type")
        return claims

    async def read(self, token: str) -> Claims:
        """Return the claims of a good token of whichever type."""
        claims = self._verified.get(token)
        if claims is None:
            claims = await self._decode(token)
            self._verified[token] = claims
            while len(self._verified) > MAX_REMEMBERED:
                self._verified.popitem(last=False)
        elif claims.expires_at <= time.time():
            del self._verified[token]
            raise token_not_valid("Token is expired")
        return claims

    async def _decode(self, token: str) -> Claims:
        if len(token) > MAX_TOKEN_BYTES:
            raise token_not_valid("Token is invalid")
        try:
            header = jwt.get_unverified_header(token)
            key = await self.keys.get(header["kid"]) if header.get("typ") == "JWT" else None
            if key is None:
                raise jwt.InvalidKeyError
            payload = jwt.decode(
                token, key, algorithms=["EdDSA"], issuer=ISSUER, audience=AUDIENCE,
                # The clock of the machine that signed may be a little ahead of ours; only auth signs.
                options={"require": ["exp", "iat", "jti", "iss", "aud", "token_type"], "verify_iat": False},
            )  # fmt: skip
            return _claims(payload)
        except jwt.ExpiredSignatureError:
            raise token_not_valid("Token is expired") from None
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            raise token_not_valid("Token is invalid") from None


def _claims(payload: Mapping[str, Any]) -> Claims:
    user = payload.get("user_id")
    return Claims(
        token_type=str(payload["token_type"]),
        user_id=None if user is None else int(user),
        role=str(payload.get("role", "reader")),
        regions=tuple(payload.get("regions") or ()),
        agent_code=payload.get("agent_code"),
        sid=str(payload.get("sid", "")),
        jti=str(payload["jti"]),
        issued_at=int(payload["iat"]),
        expires_at=int(payload["exp"]),
    )


def bearer_token(header: str | None) -> str | None:
    """Return the token of an ``Authorization`` header; None without one or for any other scheme."""
    if header is None:
        return None
    parts = header.split()
    if not parts or parts[0] != "Bearer":
        return None
    if len(parts) != 2:
        raise AuthenticationFailed(
            "Authorization header must contain two space-delimited values", "bad_authorization_header"
        )
    return parts[1]
