"""The settings of the portal name the addresses of the services."""

from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SERVICES = ("auth", "catalog", "integration", "media", "location")


def _address(whose: str, port: int) -> Any:
    return Field(default=f"http://127.0.0.1:{port}", description=f"{whose}; several replicas separated by commas")


class PortalSettings(BaseSettings):
    """The addresses of the services; each may name several replicas, separated by commas."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    host: str = Field(default="127.0.0.1", description="address the portal listens on")
    port: int = Field(default=8008, ge=1, le=65535, description="port the portal listens on")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="what is worth a line")
    auth_url: str = _address("auth's api", 8001)
    catalog_url: str = _address("catalog's api", 8002)
    integration_url: str = _address("integration's api", 8003)
    media_url: str = _address("media's api", 8004)
    location_url: str = _address("location's api", 8005)
    auth_worker_url: str = _address("auth's worker", 8021)
    catalog_worker_url: str = _address("catalog's worker", 8022)
    integration_worker_url: str = _address("integration's worker", 8023)
    media_worker_url: str = _address("media's worker", 8024)
    location_worker_url: str = _address("location's worker", 8025)

    def apis(self, service: str) -> list[str]:
        """Return the addresses of a service's api."""
        return _replicas(getattr(self, f"{service}_url"))

    def workers(self, service: str) -> list[str]:
        """Return the addresses of a service's worker."""
        return _replicas(getattr(self, f"{service}_worker_url"))


def _replicas(urls: str) -> list[str]:
    return [url.strip().rstrip("/") for url in urls.split(",") if url.strip()]
