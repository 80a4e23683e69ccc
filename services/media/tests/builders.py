"""Pictures and rows for tests."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import psycopg
from PIL import Image

ROOT = Path(__file__).parents[1]
Row = dict[str, Any]


def owner(row_id: int, name: str, **fields: Any) -> Row:
    """A row as the catalog shows it."""
    return {"id": row_id, "name": name, "is_deleted": False, "created_at": "2026-01-01T00:00:00+00:00", **fields}


OWNERS = {
    "project": [owner(1, "Project", code_1c="PROJ001"), owner(2, "Other", code_1c="PROJ002")],
    "client": [
        owner(1, "Client", client_code_1c="CLI001", business_region_code="R1"),
        owner(2, "Elsewhere", client_code_1c="CLI002", project_id=1, business_region_code="R2"),
    ],
    "nomenklatura": [
        owner(1, "Product", code_1c="NOM001", project_id=1, article_code="ART-1"),
        owner(2, "Other", code_1c="NOM002"),
    ],
}


CODES = {"project": "PROJ001", "client": "CLI001", "nomenklatura": "NOM001"}
"""The codes of the owners 1."""


def picture(
    width: int = 40, height: int = 30, kind: str = "JPEG", colour: Any = (200, 30, 30), **options: Any
) -> bytes:
    """One colour, in any format."""
    file = BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, (width, height), colour).save(file, kind, **options)
    return file.getvalue()


class Media:
    """The API as one user sees it."""

    def __init__(self, client: httpx.AsyncClient, dsn: str, files: Path, headers: dict[str, str]) -> None:
        self.client = client
        self.dsn = dsn
        self.files = files
        self.headers = headers

    def as_user(self, headers: dict[str, str]) -> "Media":
        return Media(self.client, self.dsn, self.files, headers)

    def add_projects(self) -> None:
        """The projects that events have told; of clients and products only the catalog knows yet."""
        self.rows(
            "insert into project (id, code_1c, name, created_at, is_deleted, sequence) select id, code_1c, name,"
            " created_at, is_deleted, 1 from json_populate_recordset(null::project, %s) returning id",
            json.dumps(OWNERS["project"]),
        )

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            return connection.execute(sql.encode(), parameters).fetchall()

    def stored(self) -> list[str]:
        """The names of all stored files."""
        return sorted(path.name for path in self.files.rglob("*") if path.is_file())

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(f"/api/v1/{path}", params=query, headers=self.headers)

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.client.request(method, f"/api/v1/{path}", json=body, headers=self.headers)

    async def form(
        self, path: str, fields: Row, *files: tuple[str, bytes], field: str = "image", method: str = "POST"
    ) -> httpx.Response:
        """A multipart request; each file with its name."""
        parts = [(field, (name, body)) for name, body in files]
        return await self.client.request(
            method, f"/api/v1/{path}", data=fields, files=parts or None, headers=self.headers
        )

    async def upload(self, kind: str = "nomenklatura", body: bytes | None = None, **fields: Any) -> Row:
        """A picture of the owner 1."""
        response = await self.form(f"{kind}-image/", {kind: "1"} | fields, ("photo.jpg", body or picture()))
        assert response.status_code == 201, response.text
        row: Row = response.json()
        return row

    async def fetch(self, url: str, **headers: str) -> httpx.Response:
        """A picture itself, at an address out of an answer."""
        return await self.client.get(httpx.URL(url).path, headers=headers)
