"""Encrypting private keys at rest."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
PURPOSE = b"ecatalog auth signing keys"


class UnreadableKey(Exception):
    """A sealed key that ``SECRET_KEY`` does not open."""


class Sealer:
    """AES-256-GCM under a key derived from ``SECRET_KEY``; each text is bound to its name."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode())
        self._cipher = AESGCM(derived)

    def seal(self, plain: bytes, name: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """What was sealed under this name; raises :class:`UnreadableKey` if it was not, or not with our key."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except InvalidTag:
            raise UnreadableKey(f"SECRET_KEY does not open the signing key {name}") from None
