"""The catalog's internal routes, as far as media asks them."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ecatalog.testing.json_server import JsonServer

from .builders import OWNERS, Row


class Catalog(JsonServer):
    """Knows the rows it is given, and remembers what it was asked and handed; ``broken`` answers 503.

    ``when_asked`` is done after an answer is made, and before it is sent.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        self.rows: dict[str, list[Row]] = deepcopy(OWNERS)
        self.asked: list[tuple[str, str]] = []
        self.handed: list[Row] = []
        self.posts = 0
        self.broken = False
        self.sequence = 1
        self.when_asked: Callable[[], None] | None = None

    def answer(self, url: str, body: bytes) -> tuple[int, Any]:
        if body:
            self.posts += 1
            if self.broken:
                return 503, None
            self.handed += json.loads(body)
            return 204, None
        if self.broken:
            return 503, None
        answer = deepcopy(self._answer(url))
        if self.when_asked is not None:
            self.when_asked()
        return 200, answer

    def _answer(self, url: str) -> Any:
        parts = urlsplit(url)
        kind, row_id = parts.path.split("/")[2:4]
        if row_id:
            return self._tell(kind, int(row_id))
        return self._find(kind, parse_qs(parts.query).get("reference", [""])[0])

    def _find(self, kind: str, reference: str) -> list[Row]:
        self.asked.append((kind, reference))
        code = "client_code_1c" if kind == "client" else "code_1c"
        return [row for row in self.rows.get(kind, []) if reference in (row[code], str(row["id"]))]

    def _tell(self, kind: str, row_id: int) -> Row:
        """A row with a sequence later than those of all events so far."""
        self.asked.append((kind, f"#{row_id}"))
        self.sequence += 1
        return {"sequence": self.sequence, "rows": [row for row in self.rows.get(kind, []) if row["id"] == row_id]}
