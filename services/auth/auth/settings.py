"""Settings of the auth service."""

from ecatalog.core.settings import DEVELOPMENT_SECRET, Settings
from ecatalog.security.encryption import Encryption
from pydantic import Field, SecretStr


class AuthSettings(Settings):
    secret_key: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_SECRET), description="encrypts the keys that sign tokens at rest"
    )
    refresh_ttl: int = Field(default=7 * 24 * 3600, gt=0, description="seconds a refresh token lives")

    @property
    def encryption(self) -> Encryption:
        """Encrypts private keys, each under its ``kid``."""
        return Encryption(self.secret_key, b"ecatalog auth signing keys")

    @property
    def longest_ttl(self) -> int:
        """Seconds for which a key must verify after it signed last."""
        return max(self.access_ttl, self.refresh_ttl)
