"""Imports the libraries of all services once, and forks a process that has them for each module to run.

Eleven processes that each import the same libraries for themselves take a second of CPU and 45 MB each. Forks share
both. Nothing of our own is imported here, so a restarted process always runs the code that is on the disk.

Standard input is a socket. Each message on it requests one process (see ``Request``) and carries the pipe for its
output; the new process answers with its pid.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import time
from dataclasses import asdict, dataclass

from deploy.local.kernel import die_with_parent, rename

LARGEST_MESSAGE = 200_000
READY = b"ready"
LIBRARIES = (
    "alembic.command",
    "alembic.context",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "fastapi.openapi.utils",
    "fastapi.staticfiles",
    "httpx",
    "jwt",
    "nats.js",
    "orjson",
    "prometheus_client",
    "pydantic_settings",
    "python_multipart",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.ext.asyncio",
    "sqlmodel",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)


@dataclass(frozen=True)
class Request:
    """The request for a process: a module with its arguments, as in ``python -m``."""

    module: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    directory: str
    parent: int

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def main() -> None:
    for library in LIBRARIES:
        with contextlib.suppress(ImportError):  # then the service that needs it says so
            importlib.import_module(library)
    gc.collect()
    gc.freeze()  # a later collection must not touch, and so copy, what is shared
    control = socket.socket(fileno=os.dup(0))
    control.send(READY)
    request = _serve(control)
    if request is not None:
        # In a fork. To return from here is to end as any Python program ends.
        runpy.run_module(request.module, run_name="__main__", alter_sys=True)


def _serve(control: socket.socket) -> Request | None:
    """Fork for each request. Returns the request in the new process, and None when the supervisor is gone."""
    while True:
        message, (output,) = _receive(control)
        if not message:
            return None
        between = os.fork()
        if between:
            os.close(output)
            os.waitpid(between, 0)
            continue
        if os.fork():
            os._exit(0)  # its child becomes the supervisor's own, which adopts orphans
        request = Request(**json.loads(message))
        _become(request, output)
        control.send(str(os.getpid()).encode())
        control.close()
        return request


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    message, descriptors, _, _ = socket.recv_fds(control, LARGEST_MESSAGE, 1)
    return message, descriptors or [-1]


def _become(request: Request, output: int) -> None:
    os.setsid()
    while os.getppid() != request.parent:
        time.sleep(0.001)
    die_with_parent(request.parent, signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, target)
    os.close(nothing)
    os.close(output)
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.directory)
    sys.path[0] = request.directory
    sys.argv[1:] = request.arguments
    rename([sys.executable, "-m", request.module, *request.arguments])


if __name__ == "__main__":
    main()
