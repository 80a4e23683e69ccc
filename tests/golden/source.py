"""A 1C that is served by the test itself: what it answers, and when, is the scenario's."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from deploy.local.onec import rows
from deploy.local.onec.server import OneC, Served, serving
from deploy.local.onec.wire import Peer, Request
from tests.golden.gates import Gate


@dataclass
class GatedOneC(OneC):
    """Keeps whoever calls an operation at its gate, if it has one."""

    gates: dict[str, Gate] = field(default_factory=dict)

    async def _served(self, peer: Peer, request: Request, mode: str, headers: dict[str, str]) -> bool:
        for operation, gate in self.gates.items():
            if operation.encode() in request.body:
                await gate.passing()
        return await super()._served(peer, request, mode, headers)


PRODUCTS, CLIENTS = "GetProductList", "GetClientList"


def product(code: str, name: str, **fields: str | None) -> bytes:
    """A row of the list of products; more ``fields`` by their names in 1C."""
    return rows.render("ProductItem", {"Code": code, "Name": name, **fields})


def client(code: str, name: str, **fields: str | None) -> bytes:
    return rows.render("ClientItem", {"Code": code, "Name": name, **fields})


def products(count: int, prefix: str) -> list[bytes]:
    return [product(f"{prefix}-{number:04d}", f"Product {number}") for number in range(count)]


@contextmanager
def served(onec: GatedOneC) -> Iterator[Served]:
    """Serve in a thread of its own while the context lasts; its gates are open at the end."""
    ready: Future[tuple[Served, Callable[[], object]]] = Future()

    async def serve() -> None:
        stopped = asyncio.Event()
        async with serving(onec) as served:
            ready.set_result((served, partial(asyncio.get_running_loop().call_soon_threadsafe, stopped.set)))
            await stopped.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    served, stop = ready.result(10)
    try:
        yield served
    finally:
        for gate in onec.gates.values():
            gate.open()
        stop()
        thread.join()


def lists(products: list[bytes] | None = None, clients: list[bytes] | None = None) -> dict[str, list[bytes]]:
    return {PRODUCTS: products or [], CLIENTS: clients or []}
