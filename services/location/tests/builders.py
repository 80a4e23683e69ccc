"""Points for tests, sent through the API."""

from typing import Any

import httpx

Row = dict[str, Any]
PATH = "/api/v1/agent-location/"


class Locations:
    """The API as one user sees it."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    async def get(self, path: str = "", **query: Any) -> httpx.Response:
        return await self.client.get(PATH + path, params=query, headers=self.headers)

    async def post(self, body: Any, path: str = "", **headers: str) -> httpx.Response:
        return await self.client.post(PATH + path, json=body, headers=self.headers | headers)

    async def batch(self, points: list[Row]) -> Row:
        """The answer to a batch."""
        response = await self.post(points, "batch/")
        assert response.status_code == 200, response.text
        answer: Row = response.json()
        return answer

    async def patch(self, point_id: int, **fields: Any) -> httpx.Response:
        return await self.client.patch(f"{PATH}{point_id}/", json=fields, headers=self.headers)

    async def delete(self, point_id: int) -> httpx.Response:
        return await self.client.delete(f"{PATH}{point_id}/", headers=self.headers)

    async def make(self, agent: str = "AG-1", **fields: Any) -> Row:
        """A new point; fails the test when it is not made."""
        response = await self.post({"agent_code": agent, "latitude": 41.3, "longitude": 69.2} | fields)
        assert response.status_code == 201, response.text
        row: Row = response.json()
        return row

    async def listed(self, **query: Any) -> list[int]:
        """The ids of a list, in its order; its count agrees."""
        response = await self.get(**query)
        assert response.status_code == 200, response.text
        page = response.json()
        ids = [row["id"] for row in page["results"]]
        assert page["count"] == len(ids)
        return ids


def at(clock: str, day: str = "2026-11-20") -> str:
    """A time of a day in Tashkent."""
    return f"{day}T{clock}+05:00"
