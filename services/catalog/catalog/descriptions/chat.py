"""Asks a model by the protocol of chat completions. Importing this is slow and large: do it where it is used."""

import asyncio
import logging
import time
from dataclasses import replace
from typing import Any

import httpx2
import openai
import orjson

from catalog.descriptions import advice
from catalog.descriptions.access import address_of, key_of
from catalog.descriptions.answers import Completion, answer_of
from catalog.descriptions.complaints import Complaint, complaint
from catalog.descriptions.failures import RowFailed, RunStopped
from catalog.descriptions.form import Form, first_form
from catalog.descriptions.gate import Gate
from catalog.descriptions.reach import why_unreached
from catalog.settings import CatalogSettings

LONG_PAUSES = 20
"""One row is sent again this many times after the library has given up because of 429."""

MOST_BYTES = 8 * 1024 * 1024
"""An answer may be this long. The longest thoughts of a model take a tenth of it."""

_ABOUT_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})

for _name in ("openai", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # else they tell of every request


class _Refused(Exception):
    """Is raised for a request that would be refused again if it were repeated as it is."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.words)
        self.complaint = complaint


class _Client(openai.DefaultAsyncHttpxClient):
    """Sends every request through the gate, repeated ones as well, and bounds the time until its answer is there.

    An error within an answer of status 200 gets its own status, so that all errors are treated alike.
    """

    def __init__(self, gate: Gate, seconds: float) -> None:
        super().__init__(timeout=seconds)
        self._gate = gate
        self._seconds = seconds

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        async with self._gate.passing():
            try:
                async with asyncio.timeout(self._seconds):
                    response = await _whole(await super().send(request, **options | {"stream": True}))
            except TimeoutError as error:
                raise httpx2.ReadTimeout("the answer was not whole in time", request=request) from error
        found = complaint(response.status_code, response.content)
        if found and advice.is_too_often(found):
            response.status_code = 429
        elif found:
            response.status_code = found.status or 400
        self._gate.heard(response.status_code, response.headers, found.words if found else "")
        await asyncio.sleep(0)  # who waited for the slot sends first; this answer has time
        if found and _is_for_good(response.status_code, found):
            raise _Refused(found)
        return response


async def _whole(response: httpx2.Response) -> httpx2.Response:
    """Return the answer with its whole body, which is bounded."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise RowFailed(f"the answer is larger than {MOST_BYTES:,} bytes")
    finally:
        await response.aclose()
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _ABOUT_THE_WIRE]
    return httpx2.Response(response.status_code, headers=headers, content=b"".join(parts), request=response.request)


def _is_for_good(status: int, found: Complaint) -> bool:
    """Return whether the same request would be refused again; the library repeats the others itself."""
    passing = status in {408, 409, 429} or status >= 500
    return not passing or advice.is_without_credit(found)


class Chat:
    """Asks one model of one server, for all of a process.

    Raises :class:`RunStopped` where key or address are missing or cannot be used.
    """

    def __init__(self, settings: CatalogSettings, at_once: int) -> None:
        self._key = key_of(settings)
        address = address_of(settings)
        self.at_once = at_once
        self._settings = settings
        self._form = first_form(is_openai=address is None)
        try:
            client = _Client(Gate(at_once), settings.openai_timeout)
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            raise RunStopped(f"the proxy of the environment cannot be used: {error}", setup=True) from error
        self._openai = openai.AsyncOpenAI(
            api_key=self._key, base_url=address, max_retries=settings.openai_retries,
            timeout=settings.openai_timeout, http_client=client,
        )  # fmt: skip
        self._address = str(self._openai.base_url).rstrip("/")

    async def ask(self, messages: list[dict[str, str]]) -> Completion:
        """Return the model's answer. Raises :class:`RowFailed` or :class:`RunStopped`."""
        began = time.monotonic()
        tokens = self._settings.openai_answer_tokens
        for _ in range(LONG_PAUSES):
            form = self._form
            try:
                # Not by chat.completions.create(): its models and their aliases take a third of all the time.
                response = await self._openai.post(
                    "/chat/completions", cast_to=httpx2.Response,
                    body=form.body(self._settings.openai_model, messages, tokens),
                )  # fmt: skip
            except openai.RateLimitError:
                continue
            except openai.APIStatusError as error:
                self._learn(form, complaint(error.status_code, error.response.content) or Complaint(None, ""))
            except _Refused as refused:
                self._learn(form, refused.complaint)
            except openai.OpenAIError as error:
                raise self._unanswered(error) from error
            except UnicodeError as error:
                raise RunStopped(
                    "OPENAI_ORG_ID or another variable of OpenAI holds what no header can hold", setup=True
                ) from error
            else:
                sent = sum(len(one["content"]) for one in messages)
                return answer_of(orjson.loads(response.content), tokens, sent, time.monotonic() - began)
        raise RowFailed("the server answered 429 too often")

    async def close(self) -> None:
        await self._openai.close()

    def _learn(self, form: Form, found: Complaint) -> None:
        """Use another form from now on, or raise what the complaint means."""
        if self._form is not form:  # another request has learned it meanwhile
            return
        better = form.without(found)
        if better is None:
            raise advice.told(self._without_key(found), self._settings.openai_model, self._address)
        self._form = better

    def _without_key(self, found: Complaint) -> Complaint:
        """Take the key out of a text: some servers repeat the one that they refuse."""
        shown = found.words.replace(self._key, "\u2026") if len(self._key) > 6 else found.words
        return replace(found, words=shown)

    def _unanswered(self, error: openai.OpenAIError) -> RowFailed:
        if isinstance(error, openai.APITimeoutError):
            return RowFailed(f"no answer within {self._settings.openai_timeout:g} s")
        if isinstance(error, openai.APIConnectionError):
            return RowFailed(why_unreached(error, self._address))
        return RowFailed(f"the answer could not be read ({type(error).__name__})")
