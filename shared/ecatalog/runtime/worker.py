"""Runs a service's worker: the outbox relay, its consumers, jobs of its own, and a small port for health."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
import uvicorn
from starlette.types import Receive, Scope, Send

from ecatalog.core.settings import Settings
from ecatalog.db.database import Database
from ecatalog.db.metrics import Readings
from ecatalog.events.broker import Broker
from ecatalog.events.consumer import Consumer
from ecatalog.events.relay import Relay
from ecatalog.http import health
from ecatalog.runtime.background import BackgroundTasks, Loop
from ecatalog.telemetry.metrics import REQUESTS, UNMATCHED, counted_method

if TYPE_CHECKING:
    from ecatalog.jobs.task import C, Task
    from ecatalog.jobs.worker import Slot


class Worker:
    """Runs the loops of one worker process. Add consumers and loops, then ``run``."""

    def __init__(self, settings: Settings, service: str) -> None:
        self.settings = settings
        self.service = service
        self.database = Database(settings.dsn, pool_size=settings.database_pool_size)
        self.readings = Readings(self.database)
        self.broker = Broker(settings.nats_url, f"{service}-worker")
        self.relay = Relay(settings.dsn, self.broker, service)
        self.consumers: list[Consumer] = []
        self.loops: dict[str, Loop] = {}
        self.contexts: list[Callable[[], AbstractAsyncContextManager[object]]] = []
        self.checks: dict[str, health.Check] = {
            "database": self.database.ping,
            "broker": health.require(lambda: self.broker.connected, "not connected"),
            "relay": health.require(lambda: self.relay.healthy, "waiting"),
        }

    def consume(self, *consumers: Consumer) -> None:
        for consumer in consumers:
            self.consumers.append(consumer)
            self.checks[f"consumer {consumer.name} of {consumer.stream}"] = consumer.check

    def loop(self, name: str, loop: Loop) -> None:
        self.loops[name] = loop

    def enter(self, context: Callable[[], AbstractAsyncContextManager[object]]) -> None:
        """Put a context around all loops: it is entered before the first starts and left after the last has ended."""
        self.contexts.append(context)

    def jobs(self, tasks: "Sequence[Task[Any, C]]", context: "C", *slots: "Slot") -> None:
        """Run the jobs of ``tasks`` in ``slots``; ``context`` is given to their handlers."""
        from ecatalog.jobs.worker import JobWorker  # not every worker has some

        jobs = JobWorker(self.database, tasks, context, slots)
        sql, gauges = jobs.readings
        self.readings.add(sql, *gauges)
        self.loop("jobs", jobs.run)

    async def run(self) -> None:
        """Work until a signal stops the process."""
        async with self.working():
            await self._serve_health()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Work while the context lasts, without the port."""
        await self.database.open()
        try:
            async with AsyncExitStack() as stack:
                for context in self.contexts:
                    await stack.enter_async_context(context())
                background = BackgroundTasks()
                stack.push_async_callback(background.stop)
                self._start(background)
                yield
        finally:
            await self.broker.close()
            await self.database.close()

    def _start(self, background: BackgroundTasks) -> None:
        background.start("relay", self.relay.run)
        for consumer in self.consumers:
            for number in range(consumer.concurrency):
                background.start(f"consumer {consumer.name} of {consumer.stream}, {number}", consumer.run)
        for name, loop in self.loops.items():
            background.start(name, loop)

    async def _serve_health(self) -> None:
        config = uvicorn.Config(
            self.answer, host=self.settings.host, port=self.settings.port, log_config=None, access_log=False,
            lifespan="off", interface="asgi3", http="h11", timeout_graceful_shutdown=5,
        )  # fmt: skip
        await uvicorn.Server(config).serve()

    async def answer(self, scope: Scope, _: Receive, send: Send) -> None:
        """Answer ``/health/live``, ``/health/ready`` and ``/metrics``."""
        status, body, kind = 404, b'{"detail":"Not found."}', "application/json"
        if scope["path"] == "/metrics":
            status = 200
            await self.readings.refresh()
            body, kind = health.metrics()
        elif scope["path"] in {"/health/live", "/health/ready"}:
            live = scope["path"] == "/health/live"
            checks = {"database": self.checks["database"]} if live else self.checks
            well, report = await health.run_checks(checks)
            status = 200 if well else 503
            body = orjson.dumps({"status": "ok" if well else "unavailable", "checks": report})
        route = UNMATCHED if status == 404 else scope["path"]
        REQUESTS.labels(counted_method(scope["method"]), route, status).inc()
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
