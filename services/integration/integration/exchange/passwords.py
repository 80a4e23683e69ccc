"""The passwords of exchanges and the cookies of their sessions: made here, and kept only as keyed hashes."""

import secrets
import string
from hashlib import blake2b
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

LENGTH = 24
_SIGNS = string.ascii_letters + string.digits
_KEY_MARK = 4


def new_password() -> str:
    """Return a password of letters and digits, which nobody guesses: so its hash need not be slow."""
    return "".join(secrets.choice(_SIGNS) for _ in range(LENGTH))


class KeyedHash:
    """Hashes under a key that is derived from ``SECRET_KEY``. In front of a hash stands a mark of the key."""

    def __init__(self, secret: SecretStr) -> None:
        purpose = b"ecatalog: the exchange of an integration"
        derived = HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.get_secret_value().encode())
        self._key = derived
        self._mark = self._digest(b"", "mark")[:_KEY_MARK]

    def of(self, secret: str, owner: str) -> bytes:
        """Return what may be stored of a secret; it fits this ``owner`` alone."""
        return self._mark + self._digest(secret.encode("utf-8", "surrogatepass"), owner)

    def fits(self, stored: bytes, secret: str, owner: str) -> bool:
        return compare_digest(stored, self.of(secret, owner))

    def is_of_this_key(self, stored: bytes) -> bool:
        """Return whether the hash can be compared at all, or was made under another ``SECRET_KEY``."""
        return stored.startswith(self._mark)

    def _digest(self, secret: bytes, owner: str) -> bytes:
        return blake2b(owner.encode() + b"\0" + secret, key=self._key, digest_size=32).digest()
