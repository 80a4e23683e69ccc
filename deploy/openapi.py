"""Stores the API document that clients are promised in docs/openapi.json: ``python -m deploy.openapi``."""

import json
from functools import cache
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from portal.merging import merge
from portal.settings import SERVICES

from deploy.local.binaries import ROOT

FILE = ROOT / "docs" / "openapi.json"
_NOWHERE = "postgresql://nobody:nothing@127.0.0.1:9/nowhere"


def main() -> None:
    FILE.write_text(json.dumps(document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def stored() -> dict[str, Any]:
    """Return the document as it was promised last."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def document() -> dict[str, Any]:
    """Return the document as the gateway shows it."""
    return merge({name: app.state.document() for name, app in apps().items()})


@cache
def apps() -> dict[str, FastAPI]:
    """Return the applications of the services, created as for serving, but not started."""
    return {name: _app(name) for name in SERVICES}


def _app(name: str) -> FastAPI:
    settings: Any = getattr(import_module(f"{name}.settings"), f"{name.title()}Settings")
    app: FastAPI = import_module(f"{name}.main").create(settings.model_validate({"database_url": _NOWHERE}))
    return app


if __name__ == "__main__":
    main()
