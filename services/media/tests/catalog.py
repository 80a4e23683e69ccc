"""The catalog's internal routes, as far as media asks them."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ecatalog.testing.json_server import JsonServer

Row = dict[str, Any]


class Catalog(JsonServer):
    """Knows the rows it is given, and remembers what it was asked and handed; ``broken`` answers 503."""

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        self.asked: list[tuple[str, str]] = []
        self.handed: list[Row] = []
        self.posts = 0
        self.broken = False

    def answer(self, url: str, body: bytes) -> tuple[int, Any]:
        if body:
            self.posts += 1
            if self.broken:
                return 503, None
            self.handed += json.loads(body)
            return 204, None
        parts = urlsplit(url)
        return 200, self._find(parts.path.split("/")[2], parse_qs(parts.query).get("reference", [""])[0])

    def _find(self, kind: str, reference: str) -> list[Row]:
        self.asked.append((kind, reference))
        code = "client_code_1c" if kind == "client" else "code_1c"
        return [row for row in self.rows.get(kind, []) if reference in (row[code], str(row["id"]))]
