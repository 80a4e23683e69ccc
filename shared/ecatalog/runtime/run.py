"""Reads the command line of a service: ``python -m <service> api | worker | migrate``."""

import importlib
import sys
from pathlib import Path
from typing import NoReturn

from ecatalog.core.settings import Settings, complaint
from ecatalog.telemetry.logging import configure_logging

USAGE = "usage: python -m {service} api | worker | migrate"


def main(service: str, settings_class: type[Settings]) -> None:
    """Run one of a service's processes.

    ``<service>.main:create`` makes the api and ``<service>.worker:create`` the worker, both from the settings;
    each is imported only by the process that needs it. Migrations lie beside the package.
    """
    if sys.argv[1:] not in (["api"], ["worker"], ["migrate"]):
        _stop(USAGE.format(service=service), 2)
    try:
        settings = settings_class()
    except ValueError as error:
        _stop(f"{service}: the settings are not usable: {complaint(error)}", 1)
    command = sys.argv[1]
    configure_logging(f"{service}-{command}", settings.log_level)
    {"api": _api, "worker": _worker, "migrate": _migrate}[command](service, settings)


def _api(service: str, settings: Settings) -> None:
    import uvicorn

    app = importlib.import_module(f"{service}.main").create(settings)
    uvicorn.run(
        app, host=settings.host, port=settings.port, log_config=None, access_log=False, server_header=False,
        proxy_headers=False, timeout_keep_alive=75, timeout_graceful_shutdown=10,
    )  # fmt: skip


def _worker(service: str, settings: Settings) -> None:
    import uvloop

    worker = importlib.import_module(f"{service}.worker").create(settings)
    uvloop.run(worker.run())


def _migrate(service: str, settings: Settings) -> None:
    from ecatalog.runtime.migrations import upgrade

    module = importlib.import_module(service)
    upgrade(Path(str(module.__file__)).parent.parent, settings.dsn)


def _stop(message: str, status: int) -> NoReturn:
    sys.stderr.write(message + "\n")
    raise SystemExit(status)
