"""An agent may send its own positions, an editor those of everybody."""

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from ecatalog.core.errors import FieldErrors
from ecatalog.http.internal_client import InternalClient
from ecatalog.security.permissions import Principal
from pydantic_core import PydanticCustomError

from location.points.fields import AgentCode

PATH = "/internal/agents/"
KEPT_SECONDS = 5.0
"""An answer of auth is used for at most this long."""

MAX_KNOWN = 10_000
TIMEOUT_SECONDS = 2.0
ANOTHERS = "Another user has this agent code."

_CODE = AgentCode()


@dataclass(frozen=True, slots=True)
class Sender:
    """The right to send positions.

    ``only`` is the code of an agent that has one; ``anothers`` are codes that an agent without one may not use.
    """

    only: str | None = None
    anothers: Collection[str] = ()

    def require(self, agent_code: str) -> None:
        """Raise :class:`FieldErrors` when the sender may not send positions of this agent."""
        if self.only is not None and agent_code != self.only:
            raise FieldErrors({"agent_code": [f"You may only send positions of {self.only}."]})
        if agent_code in self.anothers:
            raise FieldErrors({"agent_code": [ANOTHERS]})


EVERYBODY = Sender()


class Owners:
    """Asks auth which codes some user has, and keeps the answers for a moment."""

    def __init__(self, client: InternalClient, auth_url: str) -> None:
        self._client = client
        self._auth_url = auth_url
        self._known: dict[str, tuple[float, bool]] = {}

    async def sender(self, principal: Principal, codes: Iterable[Any]) -> Sender:
        """Return what a user may send of the agents ``codes``, which are as they were sent.

        Raises Unavailable when auth cannot be asked.
        """
        if principal.role != "agent":
            return EVERYBODY
        if principal.agent_code:
            return Sender(principal.agent_code)
        return Sender(None, await self._in_use(set(_readable(codes))))

    async def _in_use(self, codes: Collection[str]) -> set[str]:
        now = time.monotonic()
        known = {code: kept[1] for code in codes if (kept := self._known.get(code)) and kept[0] > now}
        if unknown := sorted(set(codes).difference(known)):
            body = orjson.dumps(unknown)
            found = orjson.loads(await self._client.post(self._auth_url, PATH, body, timeout=TIMEOUT_SECONDS))
            known |= {code: code in found for code in unknown}
            self._keep({code: (now + KEPT_SECONDS, known[code]) for code in unknown})
        return {code for code, is_in_use in known.items() if is_in_use}

    def _keep(self, answers: dict[str, tuple[float, bool]]) -> None:
        if len(self._known) + len(answers) > MAX_KNOWN:
            self._known.clear()
        self._known |= answers


def _readable(codes: Iterable[Any]) -> Iterator[str]:
    for code in codes:
        with suppress(PydanticCustomError):
            yield _CODE.clean(code)
