"""Settings of the integration service."""

from ipaddress import ip_network

from ecatalog.settings import DEVELOPMENT_SECRET, Settings
from pydantic import Field, SecretStr, field_validator

from integration.soap.address import AddressPolicy

LOOPBACK = ("127.0.0.0/8", "::1/128")


class IntegrationSettings(Settings):
    """``secret_key`` encrypts the passwords of 1C at rest. ``source_networks`` lists networks, separated by commas,
    that may be called although they are forbidden by default; in development this machine itself may be, too."""

    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    source_networks: str = ""
    parallel_syncs: int = Field(default=4, ge=1, le=32, description="tasks that one worker runs at once")

    @field_validator("source_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        for network in _split(text):
            ip_network(network)
        return text

    @property
    def addresses(self) -> AddressPolicy:
        """Which addresses an integration may have."""
        return AddressPolicy((*_split(self.source_networks), *(LOOPBACK if self.is_development else ())))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
