"""Passwords of 1C at rest: AES-256-GCM under a key derived from ``SECRET_KEY``."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

_PURPOSE = b"ecatalog: the password of an integration"
_NONCE_BYTES = 12


class UnreadablePassword(Exception):
    """The stored password was encrypted under another ``SECRET_KEY``."""


def encrypt(password: str, secret: SecretStr) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(secret).encrypt(nonce, password.encode(), _PURPOSE)


def decrypt(stored: bytes, secret: SecretStr) -> str:
    """Raises :class:`UnreadablePassword` when the secret has changed since."""
    try:
        return _cipher(secret).decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], _PURPOSE).decode()
    except InvalidTag as error:
        raise UnreadablePassword from error


def _cipher(secret: SecretStr) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.get_secret_value().encode())
    return AESGCM(derived)
