"""Settings of the portal: where the services are."""

from pydantic_settings import BaseSettings, SettingsConfigDict

SERVICES = ("auth", "catalog", "integration", "media", "location")


class PortalSettings(BaseSettings):
    """Addresses may name several replicas, separated by commas."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8008
    log_level: str = "INFO"
    auth_url: str = "http://127.0.0.1:8001"
    catalog_url: str = "http://127.0.0.1:8002"
    integration_url: str = "http://127.0.0.1:8003"
    media_url: str = "http://127.0.0.1:8004"
    location_url: str = "http://127.0.0.1:8005"
    auth_worker_url: str = "http://127.0.0.1:8021"
    catalog_worker_url: str = "http://127.0.0.1:8022"
    integration_worker_url: str = "http://127.0.0.1:8023"
    media_worker_url: str = "http://127.0.0.1:8024"
    location_worker_url: str = "http://127.0.0.1:8025"

    def apis(self, service: str) -> list[str]:
        """The replicas of a service's api."""
        return _replicas(getattr(self, f"{service}_url"))

    def workers(self, service: str) -> list[str]:
        """The replicas of a service's worker."""
        return _replicas(getattr(self, f"{service}_worker_url"))


def _replicas(urls: str) -> list[str]:
    return [url.strip().rstrip("/") for url in urls.split(",") if url.strip()]
