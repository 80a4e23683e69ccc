"""A simulated 1C of the tests, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ecatalog.testing.ports import free_port

from deploy.local import binaries
from deploy.local.environment import LOOPBACK


@dataclass(frozen=True)
class OneC:
    port: int

    def wsdl(self, mode: str = "base") -> str:
        """The address of a base that behaves as ``mode`` says."""
        return f"http://{LOOPBACK}:{self.port}/{mode}/ws/Catalog.1cws?wsdl"


@contextmanager
def simulated(*arguments: str, products: int = 1000, clients: int = 200) -> Iterator[OneC]:
    """A 1C that serves while the context lasts; ``arguments`` are those of ``python -m deploy.local.onec``."""
    port = free_port()
    counts = ("--generate", str(products), "--generate-clients", str(clients))
    command = [sys.executable, "-m", "deploy.local.onec", "--port", str(port), *counts, *arguments]
    with subprocess.Popen(command, cwd=binaries.ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert "answers at" in process.stdout.readline(), "the simulated 1C does not start"
            yield OneC(port)
        finally:
            process.terminate()
