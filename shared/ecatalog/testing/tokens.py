"""Issues tokens as auth does, signed with a key of the tests, and serves its public half."""

import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from ecatalog.core.ids import uuid7
from ecatalog.security.permissions import Role
from ecatalog.security.tokens import AUDIENCE, ISSUER
from ecatalog.testing.json_server import JsonServer

KID = "test-key"


class TokenFactory(JsonServer):
    """Issues tokens, and serves what auth publishes at ``url``: the key, no revocations, and which of
    ``agent_codes`` were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.key = Ed25519PrivateKey.generate()
        public = OKPAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        self.jwks = {"keys": [public | {"kid": KID, "alg": "EdDSA", "use": "sig"}]}
        self._answers = {"/internal/jwks.json": self.jwks, "/internal/revocations/": {"users": [], "sessions": []}}
        self.agent_codes: set[str] = set()

    def claims(
        self,
        user_id: int = 1,
        role: Role = "admin",
        regions: tuple[str, ...] = (),
        agent_code: str | None = None,
        **other: Any,
    ) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": ISSUER, "aud": AUDIENCE, "token_type": "access", "iat": now, "exp": now + 3600,
            "jti": uuid7().hex, "sid": uuid7().hex, "user_id": str(user_id), "role": role,
            "regions": list(regions), "agent_code": agent_code,
        } | other  # fmt: skip

    def access(self, user_id: int = 1, role: Role = "admin", **claims: Any) -> str:
        return jwt.encode(self.claims(user_id, role, **claims), self.key, "EdDSA", headers={"kid": KID})

    def headers(self, user_id: int = 1, role: Role = "admin", **claims: Any) -> dict[str, str]:
        """Return the ``Authorization`` header of a user."""
        return {"Authorization": f"Bearer {self.access(user_id, role, **claims)}"}

    def answer(self, url: str, body: bytes) -> tuple[int, Any]:
        if url == "/internal/agents/" and body:
            return 200, sorted(self.agent_codes.intersection(json.loads(body)))
        answer = self._answers.get(url)
        return 404 if answer is None else 200, answer
