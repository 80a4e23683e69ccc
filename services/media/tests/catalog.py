"""The catalog's internal routes on a port of this machine, as far as media asks them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Row = dict[str, Any]


class Catalog:
    """Knows the rows it is given, and remembers what it was asked and handed; ``broken`` answers 503."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        self.asked: list[tuple[str, str]] = []
        self.handed: list[Row] = []
        self.posts = 0
        self.broken = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reset(self) -> None:
        self.rows, self.asked, self.handed, self.posts, self.broken = {}, [], [], 0, False

    def find(self, kind: str, reference: str) -> list[Row]:
        self.asked.append((kind, reference))
        code = "client_code_1c" if kind == "client" else "code_1c"
        return [row for row in self.rows.get(kind, []) if reference in (row[code], str(row["id"]))]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(catalog: Catalog) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            reference = parse_qs(parts.query).get("reference", [""])[0]
            self._answer(200, json.dumps(catalog.find(parts.path.split("/")[2], reference)).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            catalog.posts += 1
            if not catalog.broken:
                catalog.handed += json.loads(body)
            self._answer(503 if catalog.broken else 204, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Keep the tests' output clean."""

    return Handler
