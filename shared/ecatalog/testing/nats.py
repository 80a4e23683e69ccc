"""Runs a temporary NATS server with JetStream for tests."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ecatalog.testing.ports import free_port


class NatsServer:
    """Runs one server, whose store survives ``kill`` and ``start``; ``wipe`` loses it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ecatalog-nats-"))
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        program = Path(sys.executable).parent / "nats-server"
        self._server = subprocess.Popen(
            [program, "-c", self._config()],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 10
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError("the broker does not start")
            time.sleep(0.02)

    def _config(self) -> Path:
        """Streams reserve what they may grow to: without this bound, no more than the disk has free can be reserved."""
        file = self._folder / "nats.conf"
        store = f'{{ store_dir: "{self._folder}", max_file_store: 64GB }}'
        file.write_text(f"host: 127.0.0.1\nport: {self.port}\njetstream {store}\n", encoding="utf-8")
        return file

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(4) == b"INFO"
        except OSError:
            return False

    def kill(self) -> None:
        """Kill the server with ``kill -9``, as in a crash."""
        self._server.kill()
        self._server.wait()

    def wipe(self) -> None:
        """Lose everything JetStream stored (while the server is down)."""
        shutil.rmtree(self._folder / "jetstream", ignore_errors=True)

    def stop(self) -> None:
        self._server.send_signal(signal.SIGTERM)
        self._server.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)
