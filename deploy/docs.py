"""Writes docs/configuration.md from the classes that read the configuration: ``python -m deploy.docs``."""

from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from auth.settings import AuthSettings
from catalog.settings import CatalogSettings
from ecatalog.core.settings import Settings
from integration.settings import IntegrationSettings
from location.settings import LocationSettings
from media.settings import MediaSettings
from portal.settings import PortalSettings
from pydantic import PostgresDsn, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "configuration.md"

SERVICES: tuple[type[Settings], ...] = (
    AuthSettings, CatalogSettings, IntegrationSettings, MediaSettings, LocationSettings,
)  # fmt: skip
NAMES: dict[Any, str] = {
    str: "text", int: "whole number", float: "number", bool: "`true` or `false`", Path: "folder", SecretStr: "secret",
    PostgresDsn: "address",
}  # fmt: skip
BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}

Row = tuple[str, str, str, str]

TRUSTED: Row = (
    "TRUSTED_PROXIES",
    "text",
    "",
    "addresses and networks, separated by commas, of proxies that are believed what they say of their clients",
)

# What is not read by a class of ours: by Traefik from its own files, and by the supervisor of the local system.
GATEWAY: tuple[Row, ...] = (
    ("…_URL", "text", "", "where the services and the portal are; several replicas separated by commas"),
    ("GATEWAY_STATE", "folder", "", "outlives the process: the last good keys are kept in it"),
    ("RATE_LIMIT_ANON", "rate", "`1000/hour`", "requests of one address without a token, per gateway; `off` for none"),
    ("RATE_LIMIT_USER", "rate", "`10000/hour`", "requests of one signed-in user, per gateway; `off` for none"),
    TRUSTED,
)
OPEN: Row = (
    "ECATALOG_OPEN_DEVELOPMENT",
    "`yes`",
    "",
    "lets others reach a development system, whose passwords everybody knows",
)
LOCAL: tuple[Row, ...] = (
    ("ECATALOG_PORT", "whole number", "`8000`", "the gateway's port; every other port lies above it"),
    ("ECATALOG_DATA", "folder", "`.data`", "holds all state"),
    ("ECATALOG_HOST", "text", "", "address the gateway listens on; empty for this machine alone"),
    OPEN,
)

COMPOSE: tuple[Row, ...] = (
    ("ECATALOG_PORT", "whole number", "`8000`", "the gateway's port"),
    ("ECATALOG_HOST", "text", "`127.0.0.1`", "address at which the gateway's port is published"),
    OPEN,
    ("EVENTS_PORT", "whole number", "`8011`", "port of the broker for other people's subscribers"),
    ("EVENTS_HOST", "text", "`127.0.0.1`", "address at which that port is published"),
)

HEAD = """\
# Configuration

Everything is set by environment variables. `make run` reads them from `.env` too, and `docker compose` hands them on;
both set addresses, ports and made-up secrets by themselves, from the table in `deploy/components.toml`. A value that
cannot be used stops the process at its start with one line that names the variable.

This page is written by `make docs` from the classes that read the variables; a test fails when it is out of date.
"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, *_section("Every service", "Each process of each service reads these.", _rows(Settings))]
    for settings in SERVICES:
        name = settings.__name__.removesuffix("Settings").lower()
        own = [row for row in _rows(settings) if row not in _rows(Settings)]
        parts += _section(f"`{name}`", "", own)
    parts += _section("Portal", "The portal shows documentation and health; it has no database.", _rows(PortalSettings))
    parts += _section("Gateway", "Traefik reads these by the files in `gateway/`.", GATEWAY)
    parts += _section("Local system", "`make run` and `manage.py` read these beside all of the above.", LOCAL)
    parts += _section("Containers", "`docker compose` reads these; what it publishes is reached there.", COMPOSE)
    return "\n".join(parts)


def _section(title: str, text: str, rows: Any) -> list[str]:
    table = ["| variable | kind | default | meaning |", "| --- | --- | --- | --- |"]
    table += [f"| `{name}` | {kind} | {default} | {meaning} |" for name, kind, default, meaning in rows]
    return [f"## {title}\n", *([text + "\n"] if text else []), *table, ""]


def _rows(settings: type[BaseSettings]) -> list[Row]:
    return [_row(name, field) for name, field in settings.model_fields.items()]


def _row(name: str, field: FieldInfo) -> Row:
    if not field.description:
        raise ValueError(f"{name} has no description")
    kind = " ".join([_kind(field.annotation), *_bounds(field)])
    return name.upper(), kind, _default(field), field.description.replace("|", "\\|")


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (part for part in get_args(annotation) if part is not NoneType)
    return NAMES[annotation]


def _bounds(field: FieldInfo) -> Iterator[str]:
    bounds = {sign: getattr(one, name) for one in field.metadata for name, sign in BOUNDS.items() if hasattr(one, name)}
    if bounds.keys() == {"≥", "≤"}:
        yield f"{bounds['≥']} to {bounds['≤']}"
    else:
        yield from (f"{sign} {bound}" for sign, bound in bounds.items())


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default_factory is not None or field.default in (None, ""):
        return ""
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return f"`{default}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
