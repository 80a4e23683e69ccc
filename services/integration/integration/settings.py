"""Settings of the integration service."""

from ipaddress import ip_network
from pathlib import Path

from ecatalog.core.settings import DEVELOPMENT_SECRET, Settings
from ecatalog.security.encryption import Encryption
from pydantic import DirectoryPath, Field, SecretStr, field_validator

from integration.connectors.soap.address import AddressPolicy
from integration.connectors.soap.own_networks import OwnNetworks, own_networks
from integration.exchange.passwords import KeyedHash
from integration.files.limits import MEGABYTE, StorageLimits

LOOPBACK = ("127.0.0.0/8", "::1/128")


class IntegrationSettings(Settings):
    """Holds the settings of integrations.

    In development this machine itself may be called, too, as if ``source_networks`` named it.
    """

    secret_key: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_SECRET), description="encrypts the passwords of 1C at rest"
    )
    source_networks: str = Field(
        default="", description="networks, separated by commas, that may be called although they are refused by default"
    )
    guard_own_networks: bool = Field(
        default=False,
        description="refuse the networks that this machine is part of, as containers are of that of our own services",
    )
    kept_megabytes: int = Field(
        default=8192, ge=1, description="megabytes of the files of 1C that are kept of one integration"
    )
    files_disk: DirectoryPath = Field(
        default=Path("/"),
        description="a folder on the disk of the database: the files of 1C may take a fifth of what is free there",
    )
    parallel_syncs: int = Field(default=4, ge=1, le=32, description="tasks that one worker runs at once")

    @field_validator("source_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        for network in _split(text):
            ip_network(network)
        return text

    @property
    def encryption(self) -> Encryption:
        """Encrypts the passwords of sources."""
        return Encryption(self.secret_key, b"ecatalog: the password of an integration")

    @property
    def exchange_hash(self) -> KeyedHash:
        """Hashes the passwords and the cookies of exchanges."""
        return KeyedHash(self.secret_key)

    @property
    def storage_limits(self) -> StorageLimits:
        """Return how much is kept of the files that 1C sends."""
        return StorageLimits(self.files_disk, self.kept_megabytes * MEGABYTE)

    @property
    def addresses(self) -> AddressPolicy:
        """Return the addresses that an integration may have."""
        if self.is_development:
            return AddressPolicy((*_split(self.source_networks), *LOOPBACK))
        own = own_networks() if self.guard_own_networks else OwnNetworks((), ())
        return AddressPolicy(_split(self.source_networks), own.networks, own.gateways)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
