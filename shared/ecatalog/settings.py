"""Settings common to all services, read from the environment."""

from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PostgresDsn, SecretStr, ValidationError, field_validator, model_validator
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
        try:
            ZoneInfo(name)
        except (KeyError, OSError, ValueError):
            raise ValueError(f"is not the name of a time zone: {name}") from None
        return name

    @model_validator(mode="after")
    def _no_development_secrets_in_production(self) -> Self:
        if self.ecatalog_env == "development":
            return self
        known = [name.upper() for name in type(self).model_fields if _is_known(getattr(self, name))]
        if known:
            still = "still has its development value" if len(known) == 1 else "still have their development values"
            raise ValueError(f"{', '.join(known)} {still}; set your own outside development")
        return self

    @property
    def is_development(self) -> bool:
        return self.ecatalog_env == "development"

    @property
    def dsn(self) -> str:
        """The libpq form of ``DATABASE_URL``."""
        return str(self.database_url)


def complaint(error: ValueError) -> str:
    """Why settings are not usable, in one line: the values, secrets among them, are not in it."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(
        " ".join([*(str(part).upper() for part in each["loc"]), each["msg"].removeprefix("Value error, ")])
        for each in error.errors(include_input=False, include_url=False)
    )


def _is_known(value: object) -> bool:
    """Whether a secret, or the password in an address, is the one that everybody knows."""
    if isinstance(value, SecretStr):
        return value.get_secret_value() in {"", DEVELOPMENT_SECRET}
    return f":{DEVELOPMENT_SECRET}@" in str(value)


def first_replica(urls: str) -> str:
    """The first of several comma-separated addresses, without a final slash."""
    return urls.split(",")[0].strip().rstrip("/")
