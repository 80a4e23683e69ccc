"""Rows for tests, made through the API or straight in the tables that other services fill."""

from typing import Any

import httpx
import psycopg

Row = dict[str, Any]
Headers = dict[str, str]


class Catalog:
    """The API as one user sees it; ``make_…`` fails the test when the row is not made."""

    def __init__(self, client: httpx.AsyncClient, headers: Headers) -> None:
        self.client = client
        self.headers = headers

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(f"/api/v1/{path}", params=query, headers=self.headers)

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.post(f"/api/v1/{path}", json=body, headers=self.headers | headers)

    async def put(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.put(f"/api/v1/{path}", json=body, headers=self.headers | headers)

    async def patch(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.patch(f"/api/v1/{path}", json=body, headers=self.headers | headers)

    async def delete(self, path: str) -> httpx.Response:
        return await self.client.delete(f"/api/v1/{path}", headers=self.headers)

    async def make(self, kind: str, **fields: Any) -> Row:
        response = await self.post(f"{kind}/", fields)
        assert response.status_code == 201, response.text
        row: Row = response.json()
        return row

    async def make_project(self, code: str = "PROJ001", **fields: Any) -> Row:
        return await self.make("project", **({"code_1c": code, "name": f"Project {code}"} | fields))

    async def make_client(self, code: str = "CLI001", **fields: Any) -> Row:
        return await self.make("client", **({"client_code_1c": code, "name": f"Client {code}"} | fields))

    async def make_product(self, code: str = "NOM001", **fields: Any) -> Row:
        return await self.make("nomenklatura", **({"code_1c": code, "name": f"Product {code}"} | fields))

    async def listed(self, kind: str, **query: Any) -> list[str]:
        """The codes of a list, in its order."""
        response = await self.get(f"{kind}/", **query)
        assert response.status_code == 200, response.text
        code = "client_code_1c" if kind.startswith("client") else "code_1c"
        return [row[code] for row in response.json()["results"]]


IMAGE = {
    "path": "/media/a.jpg", "sm_path": "/media/a-sm.jpg", "md_path": "/media/a-md.jpg", "lg_path": "/media/a-lg.jpg",
    "thumbnail_path": "/media/a-th.jpg", "is_main": True, "category": "front", "note": "n", "status": None,
    "source": None, "is_ai_generated": False, "is_active": True, "is_deleted": False,
    "created_at": "2026-11-23T10:00:00.123456+05:00", "updated_at": "2026-11-23T10:00:00.123456+05:00", "sequence": 1,
}  # fmt: skip


def add_image(dsn: str, image_id: int, owner_type: str, owner_id: int, **fields: Any) -> None:
    """A picture as the projection holds it; the api hears of it by its change listener."""
    row = IMAGE | {"image_id": image_id, "owner_type": owner_type, "owner_id": owner_id} | fields
    _insert(dsn, "image", row)


def add_integration(dsn: str, integration_id: int, project_id: int, **fields: Any) -> None:
    row = {"integration_id": integration_id, "project_id": project_id, "is_active": True, "is_deleted": False}
    _insert(dsn, "integration", row | {"sequence": 1} | fields)


def _insert(dsn: str, table: str, row: Row) -> None:
    names = ", ".join(row)
    values = ", ".join(f"%({name})s" for name in row)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"insert into {table} ({names}) values ({values})".encode(), row)  # noqa: S608 - names of this file
