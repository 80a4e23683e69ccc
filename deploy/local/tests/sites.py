"""A site that speaks the protocol of "exchange with a website", for a 1C to send to."""

import io
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

LOGIN, PASSWORD = "exchange-1", "пароль"
BASIC = f"Basic {b64encode(f'{LOGIN}:{PASSWORD}'.encode()).decode()}"
COOKIE = "site=c0ffee"


@dataclass
class Asked:
    """A request as the site got it."""

    kind: str
    mode: str
    filename: str | None
    version: str | None
    http: str
    has_login: bool
    has_cookie: bool
    sessid: str | None
    size: int


@dataclass
class SiteWithoutOrders:
    """Keeps what it gets; ``instead`` are answers by mode that it gives in place of its own, with their status."""

    limit: int = 10_000_000
    sessid: str = ""
    encoding: str = "utf-8"
    instead: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    imported: list[str] = field(default_factory=list)
    at_work: set[str] = field(default_factory=set)
    is_complete: bool = False
    url: str = ""

    def modes(self) -> list[str]:
        return [asked.mode for asked in self.asked]

    def answer(self, asked: Asked, body: bytes) -> tuple[int, bytes]:
        self.asked.append(asked)
        if asked.mode in self.instead:
            return self.instead[asked.mode]
        if not (asked.has_login or (asked.has_cookie and asked.mode != "checkauth")):
            return 401, b"failure\nno login"
        return 200, getattr(self, f"_{asked.mode}")(asked, body).encode(self.encoding)

    def _checkauth(self, *_: object) -> str:
        return "success\n" + COOKIE.replace("=", "\n") + (f"\nsessid={self.sessid}" if self.sessid else "")

    def _init(self, *_: object) -> str:
        self.files.clear()
        self.imported.clear()
        return f"zip=yes\nfile_limit={self.limit}"

    def _file(self, asked: Asked, body: bytes) -> str:
        if len(body) > self.limit:
            return "failure\ntoo large"
        self.files[asked.filename or ""] = self.files.get(asked.filename or "", b"") + body
        return "success"

    def _import(self, asked: Asked, _: bytes) -> str:
        name = asked.filename or ""
        if name not in self.unpacked():
            return f"failure\nнет файла {name}"
        if name not in self.at_work:
            self.at_work.add(name)
            return "progress\nтоваров 1 из 2"
        self.imported.append(name)
        return "success\nтоваров 2"

    def unpacked(self) -> dict[str, bytes]:
        """Return the files, those of archives by their own names."""
        found: dict[str, bytes] = {}
        for name, content in self.files.items():
            if name.endswith(".zip"):
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    found |= {member: archive.read(member) for member in archive.namelist()}
            else:
                found[name] = content
        return found

    def _deactivate(self, *_: object) -> str:
        return "success\n0 товаров не пришло"

    def _complete(self, *_: object) -> str:
        self.is_complete = True
        return "success"

    def _query(self, *_: object) -> str:
        return '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07"/>'

    def _success(self, *_: object) -> str:
        return "success"


@contextmanager
def receiving(site: SiteWithoutOrders) -> Iterator[SiteWithoutOrders]:
    """Serve the site while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:
                return  # the client went away
            query = urlsplit(self.path).query
            values = {name: found[0] for name, found in parse_qs(query, errors="surrogateescape").items()}
            status, answer = site.answer(self._asked(values, length), body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET

        def _asked(self, values: dict[str, str], size: int) -> Asked:
            return Asked(
                kind=values["type"], mode=values["mode"], filename=_decoded(values.get("filename")),
                version=values.get("version"), http=self.request_version, size=size,
                has_login=self.headers.get("Authorization") == BASIC, has_cookie=self.headers.get("Cookie") == COOKIE,
                sessid=values.get("sessid"),
            )  # fmt: skip

        def log_message(self, *_: object) -> None:
            """Say nothing: the test looks at what was asked."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}/1c/1/"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def _decoded(name: str | None) -> str | None:
    """Return a name in UTF-8 or windows-1251."""
    if name is None:
        return None
    content = name.encode("utf-8", errors="surrogateescape")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1251")
