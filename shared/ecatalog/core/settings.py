"""Reads the settings common to all services from the environment."""

from typing import Literal, Self

from pydantic import Field, PostgresDsn, SecretStr, ValidationError, model_validator

from ecatalog.core.clock import ZoneSettings

DEVELOPMENT_SECRET = "development-only"  # noqa: S105 - refused outside development, see below


class Settings(ZoneSettings):
    """Holds what each process of each service reads.

    A secret that still has its development value is refused when ``ECATALOG_ENV`` is ``production``, so a
    forgotten variable stops the start instead of opening the system.
    """

    ecatalog_env: Literal["development", "production"] = Field(
        default="development", description="outside development, secrets that everybody knows are refused"
    )
    host: str = Field(default="127.0.0.1", description="address the process listens on")
    port: int = Field(default=8001, ge=1, le=65535, description="port the process listens on")
    database_url: PostgresDsn = Field(description="the service's own database: `postgresql://user:password@host/name`")
    nats_url: str = Field(default="nats://127.0.0.1:4222", description="the broker, with user and password")
    auth_url: str = Field(default="http://127.0.0.1:8001", description="auth's api, which tells keys and revocations")
    catalog_url: str = Field(default="http://127.0.0.1:8002", description="catalog's api, asked by services alone")
    internal_secret: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_SECRET), description="lets services call each other; the same for all of them"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG names each request and each handled event"
    )
    access_ttl: int = Field(default=24 * 3600, gt=0, description="seconds an access token lives; the same for all")
    database_pool_size: int = Field(
        default=8, ge=1, le=100, description="connections that read, and as many that write; for sessions twice as many"
    )

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
        """Return the libpq form of ``DATABASE_URL``."""
        return str(self.database_url)


def complaint(error: ValueError) -> str:
    """Say in one line why settings are not usable, without the values: secrets are among them."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(
        " ".join([*(str(part).upper() for part in each["loc"]), each["msg"].removeprefix("Value error, ")])
        for each in error.errors(include_input=False, include_url=False)
    )


def _is_known(value: object) -> bool:
    """Return whether a secret, or the password in an address, is the one that everybody knows."""
    if isinstance(value, SecretStr):
        return value.get_secret_value() in {"", DEVELOPMENT_SECRET}
    return f":{DEVELOPMENT_SECRET}@" in str(value)


def first_replica(urls: str) -> str:
    """Return the first of several comma-separated addresses, without a final slash."""
    return urls.split(",")[0].strip().rstrip("/")
