"""Serves the catalog's internal route for projects, for tests of its callers."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from ecatalog.contracts.catalog import ProjectRow
from ecatalog.testing.json_server import JsonServer


class CatalogRoutes(JsonServer):
    """Serves the internal route for projects; ``projects`` are those it knows, ``asked`` what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.projects: list[ProjectRow] = []
        self.asked: list[str] = []

    def answer(self, url: str, _: bytes) -> tuple[int, Any]:
        reference = parse_qs(urlsplit(url).query, keep_blank_values=True)["reference"][0]
        self.asked.append(reference)
        return 200, [row.model_dump() for row in self.projects if reference in (str(row.id), row.code_1c)]
