"""Asking a model, by the protocol of chat completions. Importing this is slow and large: do it where it is used."""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
import orjson

from catalog.descriptions.budget import Usage
from catalog.descriptions.failures import NO_KEY, Failed, Stop
from catalog.descriptions.gate import Gate
from catalog.settings import CatalogSettings

_CUT_SHORT = {"length": "it is longer than OPENAI_ANSWER_TOKENS allows", "content_filter": "the server withheld it"}

MOST_TOKENS = 2**31 - 1
LONG_PAUSES = 20
"""How often one row is sent again after the library has given up because of 429."""

for _name in ("openai", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # else they tell of every request


@dataclass(frozen=True)
class Answer:
    """What a model answered. ``refusal`` is why there is no text, or only a part of it."""

    text: str
    refusal: str
    model: str
    usage: Usage
    seconds: float


class _Client(openai.DefaultAsyncHttpxClient):
    """Every request goes through the gate, those that the library repeats as well, and must be whole in time."""

    def __init__(self, gate: Gate, seconds: float) -> None:
        super().__init__(timeout=seconds)
        self._gate = gate
        self._seconds = seconds

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        async with self._gate.passing():
            try:
                async with asyncio.timeout(self._seconds):
                    response = await super().send(request, **options)
            except TimeoutError as error:
                raise httpx2.ReadTimeout("the answer was not whole in time", request=request) from error
        self._gate.heard(response.status_code, response.headers)
        await asyncio.sleep(0)  # who waited for the slot sends first; this answer has time
        return response


class Chat:
    """One model of one server, shared by everything in a process that asks it. Raises :class:`Stop` without a key."""

    def __init__(self, settings: CatalogSettings, at_once: int) -> None:
        if settings.openai_api_key is None:
            raise Stop(NO_KEY, setup=True)
        self.at_once = at_once
        self._settings = settings
        self._openai = openai.AsyncOpenAI(
            api_key=settings.openai_api_key.get_secret_value(),
            base_url=settings.openai_base_url,
            max_retries=settings.openai_retries,
            timeout=settings.openai_timeout,
            http_client=_Client(Gate(at_once), settings.openai_timeout),
        )
        # OpenAI's newer models only know the newer name, most other servers only the older one.
        name = "max_tokens" if settings.openai_base_url else "max_completion_tokens"
        self._limit: dict[str, Any] = {name: settings.openai_answer_tokens}

    async def ask(self, messages: list[dict[str, str]]) -> Answer:
        """Raises :class:`Failed` or :class:`Stop`."""
        began = time.monotonic()
        body = {"model": self._settings.openai_model, "messages": messages} | self._limit
        for _ in range(LONG_PAUSES):
            try:
                # Not by chat.completions.create(): its models and their aliases take a third of all the time.
                response = await self._openai.post("/chat/completions", cast_to=httpx2.Response, body=body)
            except openai.RateLimitError as error:
                if error.code == "insufficient_quota":
                    raise Stop("the account of OPENAI_API_KEY has no quota left", setup=True) from error
            except openai.OpenAIError as error:
                raise self._explained(error) from error
            else:
                return _answer(response.content, messages, time.monotonic() - began)
        raise Failed("the server answered 429 too often")

    async def close(self) -> None:
        await self._openai.close()

    def _explained(self, error: openai.OpenAIError) -> Failed | Stop:
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return Stop(f"the model's server refused OPENAI_API_KEY ({error.status_code})", setup=True)
        if isinstance(error, openai.NotFoundError):
            return Stop(f"the model's server knows no model {self._settings.openai_model!r} (404)", setup=True)
        if isinstance(error, openai.APITimeoutError):
            return Failed(f"no answer within {self._settings.openai_timeout:g} s")
        if isinstance(error, openai.APIStatusError):
            return Failed(f"the server answered {error.status_code}")
        if isinstance(error, openai.APIConnectionError):
            return Failed("the model's server cannot be reached")
        return Failed(f"the answer could not be read ({type(error).__name__})")


def _answer(body: bytes, messages: list[dict[str, str]], seconds: float) -> Answer:
    """Servers that only resemble OpenAI leave things out; what has another form than it should is left out as well."""
    try:
        completion = _object(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise Failed("the answer could not be read") from None
    choices = completion.get("choices")
    choice = _object(choices[0] if isinstance(choices, list) and choices else None)
    message, usage = _object(choice.get("message")), _object(completion.get("usage"))
    text = message.get("content")
    text = text if isinstance(text, str) else ""
    refusal = message.get("refusal") or _CUT_SHORT.get(str(choice.get("finish_reason")), "")
    return Answer(
        text=text,
        refusal=str(refusal)[:300],
        model="".join(filter(str.isprintable, str(completion.get("model") or "")))[:200],
        usage=Usage(
            _count(usage.get("prompt_tokens"), sum(len(one["content"]) for one in messages)),
            _count(usage.get("completion_tokens"), len(text)),
        ),
        seconds=seconds,
    )


def _count(tokens: Any, characters: int) -> int:
    """What the server counted; where it did not, a guess."""
    return min(tokens, MOST_TOKENS) if isinstance(tokens, int) and tokens >= 0 else characters // 3


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
