"""1C has sessions over HTTP: ``IBSession: start`` opens one, a cookie names it, ``IBSession: finish`` ends it."""

import re
import secrets
from dataclasses import dataclass, field

_COOKIE = re.compile(r"\bibsession=([^;\s]+)", re.IGNORECASE)


class UnknownSessionError(Exception):
    """The cookie names no open session: 1C answers 400."""


class NoFreeSessionError(Exception):
    """All sessions are in use: 1C answers 406."""


@dataclass
class Sessions:
    limit: int = 0  # 0: without limit
    started: int = 0
    finished: int = 0
    open: set[str] = field(default_factory=set)

    def enter(self, wish: str, cookie: str) -> str | None:
        """Enter a session; returns the value of Set-Cookie when a session was started."""
        if found := _COOKIE.search(cookie):
            self._continue(found.group(1), wish)
            return None
        if wish != "start":
            return None
        if self.limit and len(self.open) >= self.limit:
            raise NoFreeSessionError
        session = secrets.token_hex(16)
        self.open.add(session)
        self.started += 1
        return f"ibsession={session}; HttpOnly"

    def _continue(self, session: str, wish: str) -> None:
        if session not in self.open:
            raise UnknownSessionError
        if wish == "finish":
            self.open.remove(session)
            self.finished += 1
