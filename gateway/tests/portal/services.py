"""The services' applications, made as for serving, but not started."""

from functools import cache
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from portal.settings import SERVICES

ADDRESS = "postgresql://nobody:nothing@127.0.0.1:9/nowhere"


@cache
def apps() -> dict[str, FastAPI]:
    return {name: _app(name) for name in SERVICES}


def _app(name: str) -> FastAPI:
    settings: Any = getattr(import_module(f"{name}.settings"), f"{name.title()}Settings")
    app: FastAPI = import_module(f"{name}.main").create(settings.model_validate({"database_url": ADDRESS}))
    return app
