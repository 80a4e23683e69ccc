"""Serves the catalog's internal route for projects on a port of this machine, for tests of its callers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ecatalog.contracts.catalog import ProjectRow


class CatalogRoutes:
    """Serves the internal route for projects; ``projects`` are those it knows, ``asked`` what was asked for."""

    def __init__(self) -> None:
        self.projects: list[ProjectRow] = []
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def find(self, reference: str) -> list[dict[str, Any]]:
        self.asked.append(reference)
        return [row.model_dump() for row in self.projects if reference in (str(row.id), row.code_1c)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(catalog: CatalogRoutes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(
                catalog.find(parse_qs(urlsplit(self.path).query, keep_blank_values=True)["reference"][0])
            ).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Keep the tests' output clean."""

    return Handler
