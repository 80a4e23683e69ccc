"""Finds the form of request that a server takes: those that resemble OpenAI's do not agree about it."""

import re
from dataclasses import dataclass, replace
from typing import Any

from catalog.descriptions.advice import TOO_LONG, is_without_credit
from catalog.descriptions.complaints import Complaint

OLD, NEW = "max_tokens", "max_completion_tokens"
_LIMITS = re.compile(rf"\b(?:{OLD}|{NEW}|maxtokens|max_output_tokens)\b")
_ROLES = re.compile(
    r"\b(?:system|developer)\b.{0,60}\b(?:role|message|prompt|instruction|support)"
    r"|\broles?\b.{0,60}\b(?:system|developer|alternate)|\bonly user and assistant|messages[.\[]0\]?\.role"
    r"|should be 'user' or 'assistant'|\bfirst message\b.{0,60}\buser\b"
)
_ABOUT_THE_FORM = frozenset({None, 400, 404, 422, 500, 501})


@dataclass(frozen=True)
class Form:
    """Is a form of request. ``limits`` are the names of the limit of tokens that are left to try; the first is sent.

    Without ``has_system_role`` the instructions stand before the facts, in one message of the user.
    """

    limits: tuple[str, ...]
    has_system_role: bool = True

    def body(self, model: str, messages: list[dict[str, str]], tokens: int) -> dict[str, Any]:
        if not self.has_system_role:
            messages = [{"role": "user", "content": "\n\n".join(one["content"] for one in messages)}]
        return {"model": model, "messages": messages} | dict.fromkeys(self.limits[:1], tokens)

    def without(self, complaint: Complaint) -> "Form | None":
        """Return the form without what the server refuses, None when it complains of something else."""
        about = complaint.about
        if complaint.status not in _ABOUT_THE_FORM or is_without_credit(complaint) or TOO_LONG.search(about):
            return None
        if self.limits and _LIMITS.search(about):
            return replace(self, limits=self.limits[1:])
        if self.has_system_role and _ROLES.search(about):
            return replace(self, has_system_role=False)
        return None


def first_form(*, is_openai: bool) -> Form:
    """Return the form to try first: OpenAI's newer models only know the newer name of the limit, most others the older
    one.
    """
    return Form((NEW, OLD) if is_openai else (OLD, NEW))
