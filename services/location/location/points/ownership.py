"""Whose positions a user may send: an agent its own, editors everybody's."""

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
from starlette.requests import Request

from location.points.fields import AgentCode

PATH = "/internal/agents/"
KEPT_SECONDS = 5.0
"""How long what auth said of a code is taken for true."""

MAX_KNOWN = 10_000
TIMEOUT_SECONDS = 2.0
ANOTHERS = "Another user has this agent code."

_CODE = AgentCode()


@dataclass(frozen=True, slots=True)
class Sender:
    """``only`` is the code of an agent that has one; ``anothers`` are codes that one without may not use."""

    only: str | None = None
    anothers: Collection[str] = ()

    def require(self, agent_code: str) -> None:
        """Raises :class:`FieldErrors` when the positions of this agent are not the sender's to send."""
        if self.only is not None and agent_code != self.only:
            raise FieldErrors({"agent_code": [f"You may only send positions of {self.only}."]})
        if agent_code in self.anothers:
            raise FieldErrors({"agent_code": [ANOTHERS]})


EVERYBODY = Sender()


class Owners:
    """Knows for a moment which codes some user has, as auth tells. Raises Unavailable when that cannot be asked."""

    def __init__(self, client: InternalClient, auth_url: str) -> None:
        self._client = client
        self._auth_url = auth_url
        self._known: dict[str, tuple[float, bool]] = {}

    async def taken(self, codes: Collection[str]) -> set[str]:
        """Those of the codes that some user has."""
        now = time.monotonic()
        known = {code: found[1] for code in codes if (found := self._known.get(code)) and found[0] > now}
        if unknown := sorted(set(codes).difference(known)):
            asked = orjson.dumps(unknown)
            told = orjson.loads(await self._client.post(self._auth_url, PATH, asked, timeout=TIMEOUT_SECONDS))
            known |= {code: code in told for code in unknown}
            self._keep({code: (now + KEPT_SECONDS, known[code]) for code in unknown})
        return {code for code, is_taken in known.items() if is_taken}

    def _keep(self, answers: dict[str, tuple[float, bool]]) -> None:
        if len(self._known) + len(answers) > MAX_KNOWN:
            self._known.clear()
        self._known |= answers


async def sender(request: Request, principal: Principal, codes: Iterable[Any]) -> Sender:
    """What the user may send of the agents ``codes``, which are as they were sent."""
    if principal.role != "agent":
        return EVERYBODY
    if principal.agent_code:
        return Sender(principal.agent_code)
    owners: Owners = request.app.state.owners
    return Sender(None, await owners.taken(set(_readable(codes))))


def _readable(codes: Iterable[Any]) -> Iterator[str]:
    for code in codes:
        with suppress(PydanticCustomError):
            yield _CODE.clean(code)
