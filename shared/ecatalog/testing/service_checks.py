"""Checks what holds for every service, by classes that the tests of a service derive from."""

import importlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import httpx
import psycopg
import pytest
from alembic import command
from fastapi import APIRouter
from fastapi.routing import APIRoute

from ecatalog.runtime.migrations import alembic_config
from ecatalog.security.permissions import Role, permission_of
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres
from ecatalog.testing.tokens import TokenFactory

Route = tuple[str, str]
"""A method, and an address that no row has."""

WITH_BODY = ("POST", "PUT", "PATCH")


class ServiceChecks:
    """Checks the migrations and the health of the service ``name``."""

    name: str

    def test_migrations_go_up_down_and_up_again_and_match_the_models(self, postgres: Postgres) -> None:
        dsn = postgres.create_database(f"{self.name}_migrations")
        config = alembic_config(Path(str(importlib.import_module(self.name).__file__)).parents[1], dsn)
        command.upgrade(config, "head")
        command.check(config)
        command.downgrade(config, "base")
        with psycopg.connect(dsn) as connection:
            rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        assert rows == [("alembic_version",)]
        command.upgrade(config, "head")

    async def test_live_and_ready_answer_200(self, client: httpx.AsyncClient) -> None:
        async def ready() -> bool:
            return (await client.get("/health/ready")).status_code == 200

        await until(ready)
        live = await client.get("/health/live")
        assert live.json() == {"status": "ok", "checks": {"database": "ok"}}


class RoleChecks:
    """Calls every route with every role, and compares the answers with ``expected`` of a service."""

    routers: Iterable[APIRouter]
    number_of_routes: int
    """Whoever adds a route looks at ``expected``."""
    no_row: str
    """Stands for the id or the code in an address."""
    claims: ClassVar[Mapping[str, Any]] = {}

    def expected(self, method: str, path: str, role: Role | None) -> set[int]:
        """Return the statuses of which one is right; ``role`` is None without a token."""
        raise NotImplementedError

    def address(self, path: str) -> str:
        return re.sub(r"{.*?}", self.no_row, path)

    def _declared(self) -> list[APIRoute]:
        routes = (route for router in self.routers for route in router.routes)
        return [route for route in routes if isinstance(route, APIRoute) and route.path.startswith("/api/")]

    def _routes(self) -> list[Route]:
        return sorted(
            (method, self.address(route.path)) for route in self._declared() for method in route.methods or ()
        )

    def test_the_table_covers_every_route(self) -> None:
        assert len(self._routes()) == self.number_of_routes
        assert all(permission_of(route) for route in self._declared())

    @pytest.mark.parametrize("role", [None, "admin", "editor", "agent", "reader"])
    async def test_every_route_answers_a_role_as_the_table_says(
        self, client: httpx.AsyncClient, tokens: TokenFactory, role: Role | None
    ) -> None:
        headers = {} if role is None else tokens.headers(3, role, **self.claims)
        answers: dict[Route, int] = {}
        for method, path in self._routes():
            body: Any = {"json": {}} if method in WITH_BODY else {}
            answer = await client.request(method, path, headers=headers, **body)
            answers[method, path] = answer.status_code
            if answer.status_code == 401:
                assert answer.json() == {"detail": "Authentication credentials were not provided."}
                assert answer.headers["www-authenticate"] == 'Bearer realm="api"'
            if answer.status_code == 403:
                assert answer.json() == {"detail": "You do not have permission to perform this action."}
        wrong = {route: status for route, status in answers.items() if status not in self.expected(*route, role)}
        assert wrong == {}

    async def test_bad_token_is_401_on_public_reads_too(self, client: httpx.AsyncClient) -> None:
        for method, path in self._routes():
            answer = await client.request(method, path, headers={"Authorization": "Bearer nonsense"})
            assert (path, answer.status_code, answer.json()["code"]) == (path, 401, "token_not_valid")
