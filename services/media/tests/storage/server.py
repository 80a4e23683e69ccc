"""A store that speaks as much of S3 as a bucket of files needs: put, get with ranges, head, list, delete."""

import re
import threading
from datetime import UTC, datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from media.settings import MediaSettings

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


class S3Server:
    """One bucket in memory; ``page`` is how many keys a listing shows at once. Unsigned requests are refused."""

    def __init__(self, page: int = 3) -> None:
        self.files: dict[str, bytes] = {}
        self.page = page
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def listing(self, query: dict[str, list[str]]) -> bytes:
        after = query.get("continuation-token", [""])[0]
        keys = sorted(key for key in self.files if key.startswith(query.get("prefix", [""])[0]) and key > after)
        shown, more = keys[: self.page], len(keys) > self.page
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{now}</LastModified><ETag>&quot;{_tag(self.files[key])}"
            f"&quot;</ETag><Size>{len(self.files[key])}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            for key in shown
        )
        following = f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>" if more else ""
        head = f"<Name>bucket</Name><KeyCount>{len(shown)}</KeyCount><IsTruncated>{str(more).lower()}</IsTruncated>"
        return f"<ListBucketResult {NAMESPACE}>{head}{following}{rows}</ListBucketResult>".encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def away(folder: Path) -> MediaSettings:
    """Settings with a store that does not answer any longer."""
    server = S3Server()
    server.close()
    s3 = {"s3_bucket": "bucket", "s3_endpoint": server.url, "s3_access_key": "key", "s3_secret_key": "secret"}
    own = {"database_url": "postgresql://x@127.0.0.1/x", "media_folder": folder}
    return MediaSettings.model_validate(own | s3)


def _tag(body: bytes) -> str:
    return md5(body, usedforsecurity=False).hexdigest()


def _handler(store: S3Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _key(self) -> str:
            return unquote(urlsplit(self.path).path).removeprefix("/bucket").removeprefix("/")

        def do_PUT(self) -> None:
            store.files[self._key()] = self._body()
            self._answer(200, b"", ETag=f'"{_tag(store.files[self._key()])}"')

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            if not self._key():
                self._answer(200, store.listing(parse_qs(urlsplit(self.path).query)))
                return
            body = store.files.get(self._key())
            if body is None:
                self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
                return
            named = {"ETag": f'"{_tag(body)}"', "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}
            match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if match is None:
                self._answer(200, body, **named)
                return
            start, end = int(match[1]), min(int(match[2]) + 1, len(body))
            named["Content-Range"] = f"bytes {start}-{end - 1}/{len(body)}"
            self._answer(206, body[start:end], **named)

        def do_POST(self) -> None:
            asked = re.findall(r"<Key>(.*?)</Key>", self._body().decode())
            for key in asked:
                store.files.pop(key, None)
            deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in asked)
            self._answer(200, f"<DeleteResult {NAMESPACE}>{deleted}</DeleteResult>".encode())

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _answer(self, status: int, body: bytes, **headers: str) -> None:
            if "Credential=key/" not in self.headers.get("Authorization", ""):
                status, body = 403, b"<Error><Code>AccessDenied</Code></Error>"
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "Content-Type": "application/xml", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Keep the tests' output clean."""

    return Handler
