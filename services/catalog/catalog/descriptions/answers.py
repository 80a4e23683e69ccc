"""Reads the text of a model out of its server's answer. Servers that only resemble OpenAI leave things out."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from catalog.descriptions.budget import Usage
from catalog.descriptions.complaints import one_line

MOST_TOKENS = 2**31 - 1

_WHOLE = frozenset(
    {"stop", "eos", "eos_token", "stop_token", "stop_sequence", "end_turn", "complete", "completed", "done"}
)
_TOO_LONG = frozenset({"length", "max_tokens", "model_length", "max_output_tokens", "max_new_tokens", "max_length"})
_WITHHELD = frozenset({
    "content_filter", "content_filtered", "safety", "recitation", "blocklist", "prohibited_content", "sensitive",
    "refusal", "guardrail_intervened", "spii",
})  # fmt: skip
_ENDS = frozenset(">.!?\u2026\u00bb\u201d\"')")
_THOUGHTS = frozenset({"thinking", "reasoning", "thought", "redacted_thinking", "reasoning_content"})
_HOLDING = re.compile(r"</?(?:ul|ol|table)\b", re.IGNORECASE)
_DEPTH = 4

TOO_LONG = "it was cut off: it is longer than OPENAI_ANSWER_TOKENS allows; models that think need more"
WITHHELD = "the server withheld it because of its rules on content"
ONLY_THOUGHTS = (
    "the answer was empty: the model only thought; a larger OPENAI_ANSWER_TOKENS may leave it room to answer"
)


@dataclass(frozen=True)
class Completion:
    """Holds the answer of a model. ``refusal`` is why there is no text, or only a part of it."""

    text: str
    refusal: str
    model: str
    usage: Usage
    seconds: float


class _Odd(Exception):
    """Is raised for a part of an answer that is no text."""


def answer_of(completion: dict[str, Any], limit: int, sent: int, seconds: float) -> Completion:
    """Read an answer; ``limit`` is the most tokens it could have, ``sent`` the number of characters of the question."""
    choices = completion.get("choices")
    choice = _object(choices[0] if isinstance(choices, list) and choices else None)
    message, usage = _object(choice.get("message")), _object(completion.get("usage"))
    try:
        text = _text(message.get("content"))
        refusal = _refused(message) or _unfinished(choice.get("finish_reason"), text, usage, limit)
    except _Odd as odd:
        text, refusal = "", f"the answer holds something that is no text: {odd}"
    if not refusal and not text.strip() and (message.get("reasoning_content") or message.get("reasoning")):
        refusal = ONLY_THOUGHTS
    return Completion(
        text=text,
        refusal=one_line(refusal),
        model="".join(filter(str.isprintable, str(completion.get("model") or "")[:200])),
        usage=Usage(
            _count(usage.get("prompt_tokens"), sent),
            _count(usage.get("completion_tokens"), len(text)),
        ),
        seconds=seconds,
    )


def _text(content: Any, depth: int = 0) -> str:
    """Return the text of a message, whole or in parts; parts that hold thoughts are none of it."""
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list) and depth < _DEPTH:
        return "".join(_text(part, depth + 1) for part in content)
    if not isinstance(content, dict) or depth >= _DEPTH:
        raise _Odd(type(content).__name__)
    kind = str(content.get("type") or "text")
    if kind in _THOUGHTS:
        return ""
    if kind not in {"text", "output_text"}:
        raise _Odd(str(content.get("refusal") or kind))
    text = content.get("text")
    return _text(text.get("value") if isinstance(text, dict) else text, depth + 1)


def _refused(message: dict[str, Any]) -> str:
    refusal = message.get("refusal")
    if refusal:
        return f"the model declined: {refusal}"
    called = message.get("tool_calls") or message.get("function_call")
    return "it wants to call a function instead of answering" if called else ""


def _unfinished(reason: Any, text: str, usage: dict[str, Any], limit: int) -> str:
    """Return why an answer is not whole, as far as its server says; "" for one that is."""
    if isinstance(reason, dict):
        reason = reason.get("type")
    how = str(reason or "").rpartition(".")[2].lower()
    if how in _TOO_LONG:
        return TOO_LONG
    if how in _WITHHELD:
        return WITHHELD
    if how:
        return "" if how in _WHOLE else f"the answer is no whole one (finish_reason {how[:50]!r})"
    # Without a reason it is whole if it looks so.
    used = usage.get("completion_tokens")
    if isinstance(used, int) and used >= limit:
        return TOO_LONG
    if text.strip() and (text.rstrip()[-1] not in _ENDS or _is_open(text)):
        return "the server does not say that the answer is whole, and it ends within a sentence or a list"
    return ""


def _is_open(text: str) -> bool:
    """Return whether a list or a table is never closed."""
    tags = Counter(found[0].lower() for found in _HOLDING.finditer(text))
    return any(tags[f"<{name}"] > tags[f"</{name}"] for name in ("ul", "ol", "table"))


def _count(tokens: Any, characters: int) -> int:
    """Return the tokens that the server counted, or a guess where it did not count."""
    return min(tokens, MOST_TOKENS) if isinstance(tokens, int) and tokens >= 0 else characters // 3


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
