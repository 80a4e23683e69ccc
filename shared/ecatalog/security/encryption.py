"""Encryption of what the database keeps and may not show: AES-256-GCM under keys derived from ``SECRET_KEY``."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

NONCE_BYTES = 12


class DecryptionFailed(Exception):
    """The bytes were encrypted under another ``SECRET_KEY`` or for another use, or have changed."""


class Encryption:
    """Encrypts for one ``purpose``, which has a key of its own. The nonce stands before the encrypted bytes."""

    def __init__(self, secret: SecretStr, purpose: bytes) -> None:
        derived = HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.get_secret_value().encode())
        self._cipher = AESGCM(derived)
        self._purpose = purpose

    def encrypt(self, plain: bytes, name: str = "") -> bytes:
        """Encrypt bytes that only :meth:`decrypt` with the same ``name`` gives back."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, name.encode() or self._purpose)

    def decrypt(self, stored: bytes, name: str = "") -> bytes:
        """Return what was encrypted; raises :class:`DecryptionFailed`."""
        try:
            return self._cipher.decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], name.encode() or self._purpose)
        except InvalidTag:
            raise DecryptionFailed("SECRET_KEY does not decrypt what is stored") from None
