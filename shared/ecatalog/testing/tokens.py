"""Issues tokens as auth does, signed with a key of the tests, and serves its public half."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from ecatalog.core.ids import uuid7
from ecatalog.security.permissions import Role
from ecatalog.security.tokens import AUDIENCE, ISSUER

KID = "test-key"


class TokenFactory:
    """Issues tokens, and serves what auth publishes at ``url``: the key, no revocations, and which of
    ``agent_codes`` were asked for."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        public = OKPAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        self.jwks = {"keys": [public | {"kid": KID, "alg": "EdDSA", "use": "sig"}]}
        answers = {"/internal/jwks.json": self.jwks, "/internal/revocations/": {"users": [], "sessions": []}}
        self.agent_codes: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answers, self.agent_codes))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

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

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(answers: dict[str, Any], agent_codes: set[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(answers.get(self.path))

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(sorted(agent_codes.intersection(asked)) if self.path == "/internal/agents/" else None)

        def _answer(self, answer: Any) -> None:
            body = json.dumps(answer).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Keep the tests' output clean."""

    return Handler
