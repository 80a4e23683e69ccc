"""Clients that write all the time, and remember what was acknowledged."""

import threading

import httpx

from deploy.local.demo.api import Api
from tests.sources import unique

WRITERS = 4


class Writers:
    """Several clients that create products as fast as they can, and remember which were acknowledged."""

    def __init__(self, base_url: str, token: str, writers: int = WRITERS) -> None:
        self.acknowledged: list[str] = []
        self.refused: set[int] = set()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(base_url, token)) for _ in range(writers)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def lost(self, api: Api) -> list[str]:
        """What was acknowledged and is not there."""
        return [code for code in self.acknowledged if api.find(f"/api/v1/nomenklatura/{code}/") is None]

    def _write(self, base_url: str, token: str) -> None:
        api = Api(base_url)
        api.http.headers["Authorization"] = token
        while not self._stopped.is_set():
            code = unique("ACK")
            try:
                answer = api.http.post("/api/v1/nomenklatura/", json={"code_1c": code, "name": code})
            except httpx.TransportError:
                continue
            if answer.status_code == 201:
                self.acknowledged.append(code)
            else:
                self.refused.add(answer.status_code)
        api.close()
