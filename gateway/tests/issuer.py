"""Auth, as far as the gateway knows it: it signs tokens and tells its public keys. It signs anything it is asked to."""

import base64
import json
import time
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .upstream import Echo, Message, Receive, Send, answer


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def part(value: dict[str, Any]) -> str:
    return encode(json.dumps(value).encode())


class Issuer:
    """The ASGI application of auth. ``asked`` counts how often somebody wanted the keys."""

    def __init__(self) -> None:
        self.keys: dict[str, Ed25519PrivateKey] = {}
        self.asked = 0
        self.padding = 0
        self.is_down = False
        self.echo = Echo("auth")
        self.add_key("first")

    def add_key(self, kid: str) -> None:
        self.keys[kid] = Ed25519PrivateKey.generate()

    def public(self, kid: str = "first") -> bytes:
        key = self.keys[kid].public_key()
        return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    def claims(self, **other: Any) -> dict[str, Any]:
        """What a good token says; None takes a claim away."""
        now = int(time.time())
        claims = {
            "iss": "ecatalog", "aud": "ecatalog", "token_type": "access", "exp": now + 600, "iat": now, "jti": "j",
            "user_id": "1", "sid": "s", "role": "editor", "regions": [], "agent_code": None,
        } | other  # fmt: skip
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token that is good unless an argument spoils it; None takes a field of the header away."""
        fields = {"alg": "EdDSA", "typ": "JWT", "kid": "first"} | (header or {})
        fields = {name: value for name, value in fields.items() if value is not None}
        signed = f"{part(fields)}.{part(self.claims(**claims))}"
        key = self.keys.get(str(fields.get("kid"))) or next(iter(self.keys.values()))
        return f"{signed}.{encode(key.sign(signed.encode()))}"

    def bearer(self, header: dict[str, Any] | None = None, **claims: Any) -> tuple[str, str]:
        """The Authorization header of a token."""
        return "Authorization", f"Bearer {self.token(header, **claims)}"

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["path"] != "/internal/jwks.json":
            return await self.echo(scope, receive, send)
        self.asked += 1
        if self.is_down:
            return await answer(send, 503, b"{}", content_type="application/json")
        keys = [
            {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": encode(self.public(kid))}
            for kid in self.keys
        ]
        document = json.dumps({"keys": keys, "padding": "x" * self.padding}).encode()
        await answer(send, 200, document, content_type="application/json")
