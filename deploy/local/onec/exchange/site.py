"""The site at the other end, spoken to as 1C does: a connection for each request, Basic login, no redirects."""

from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, urlsplit

from deploy.local.onec.exchange import window
from deploy.local.onec.exchange.answers import Answer, ExchangeFailedError
from deploy.local.onec.exchange.habits import Habits

_SECONDS = 120.0  # for one answer


class ConnectionBrokenError(Exception):
    """The connection went in the middle of a part."""


class _Http10(HTTPConnection):
    _http_vsn = 10
    _http_vsn_str = "HTTP/1.0"


class _Https10(HTTPSConnection):
    _http_vsn = 10
    _http_vsn_str = "HTTP/1.0"


class Site:
    """One node's end of an exchange: its address, its login, and the session that the site has given."""

    def __init__(self, url: str, login: str, password: str, habits: Habits) -> None:
        self.cookie = ""
        self.sessid = ""
        self._address = urlsplit(url)
        self._login = b64encode(f"{login}:{password}".encode()).decode()
        self._habits = habits

    def ask(
        self, mode: str, *, kind: str = "catalog", filename: str | None = None, body: bytes | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """Send a request and return its answer. Raises ExchangeFailedError when nobody answers."""
        connection = self._connection()
        try:
            method = "GET" if body is None else "POST"
            connection.request(method, self._path(kind, mode, filename, more or {}), body, self._headers(mode))
            response = connection.getresponse()
            return Answer.of(response.status, response.read())
        except (OSError, HTTPException) as error:
            raise ExchangeFailedError(f"{window.NO_CONNECTION}\n{error or type(error).__name__}") from error
        finally:
            connection.close()

    def break_off(self, filename: str, body: bytes) -> None:
        """Send half of a part and go away; raises ConnectionBrokenError."""
        connection = self._connection()
        try:
            connection.putrequest("POST", self._path("catalog", "file", filename, {}), skip_host=True)
            for name, value in self._headers("file").items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            connection.send(body[: len(body) // 2])
        except OSError as error:
            raise ExchangeFailedError(f"{window.NO_CONNECTION}\n{error}") from error
        finally:
            connection.close()
        raise ConnectionBrokenError

    def _connection(self) -> HTTPConnection:
        is_https = self._address.scheme == "https"
        if self._habits.is_http10:
            kind: type[HTTPConnection] = _Https10 if is_https else _Http10
        else:
            kind = HTTPSConnection if is_https else HTTPConnection
        return kind(self._address.hostname or "", self._address.port, timeout=_SECONDS)

    def _path(self, kind: str, mode: str, filename: str | None, more: Mapping[str, str]) -> str:
        query = f"type={kind}&mode={mode}"
        if filename is not None:
            query += f"&filename={quote(filename.encode(self._habits.names))}"
        if self.sessid:
            more = {**more, "sessid": self.sessid}
        query += "".join(f"&{name}={quote(value)}" for name, value in more.items())
        return f"{self._address.path or '/'}?{query}"

    def _headers(self, mode: str) -> dict[str, str]:
        headers = {"Host": self._address.netloc.rpartition("@")[2], "User-Agent": "1C+Enterprise/8.3"}
        if mode == "checkauth" or not self._habits.forgets_login:
            headers["Authorization"] = f"Basic {self._login}"
        if self.cookie and mode != "checkauth" and not self._habits.loses_cookie:
            headers["Cookie"] = self.cookie
        return headers
