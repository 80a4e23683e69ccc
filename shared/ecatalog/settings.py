"""Settings common to all services, read from the environment."""

from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PostgresDsn, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only"  # noqa: S105 - refused outside development, see below


class Settings(BaseSettings):
    """What each process of each service reads.

    A secret that still has its development value is refused when ``ECATALOG_ENV`` is ``production``, so a
    forgotten variable stops the start instead of opening the system.
    """

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    ecatalog_env: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = 8001
    database_url: PostgresDsn
    nats_url: str = "nats://127.0.0.1:4222"
    auth_url: str = "http://127.0.0.1:8001"
    catalog_url: str = "http://127.0.0.1:8002"
    internal_secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    time_zone: str = "Asia/Tashkent"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    access_ttl: int = Field(default=24 * 3600, gt=0, description="seconds an access token lives")
    database_pool_size: int = Field(default=8, ge=1, le=100)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        ZoneInfo(name)
        return name

    @model_validator(mode="after")
    def _no_development_secrets_in_production(self) -> Self:
        if self.ecatalog_env == "development":
            return self
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr) and value.get_secret_value() in {"", DEVELOPMENT_SECRET}:
                raise ValueError(f"{name.upper()} still has its development value; set it outside development")
        return self

    @property
    def is_development(self) -> bool:
        return self.ecatalog_env == "development"

    @property
    def dsn(self) -> str:
        """The libpq form of ``DATABASE_URL``."""
        return str(self.database_url)


def first_replica(urls: str) -> str:
    """The first of several comma-separated addresses, without a final slash."""
    return urls.split(",")[0].strip().rstrip("/")
