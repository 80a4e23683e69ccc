"""Declares what clients send and get about descriptions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ecatalog.fields.types import NULL, Boolean, Choice, FieldType, Integer, Text, invalid
from ecatalog.jobs.schemas import JobStatus
from pydantic import BaseModel

LANGUAGE = Choice(("uz", "ru", "en"))
COUNT = Integer((1, 2**31 - 1))
MAX_CODES = 1000
MAX_CODE_LENGTH = 255


@dataclass(frozen=True)
class Codes(FieldType):
    """A list of codes, each once; an empty one names none."""

    def clean(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise invalid(f'Expected a list of items but got type "{type(value).__name__}".')
        if len(value) > MAX_CODES:
            raise invalid(f"Ensure this field has no more than {MAX_CODES} elements.")
        if any(one is None for one in value):
            raise invalid(NULL)
        code = Text(MAX_CODE_LENGTH, blank=False)
        return list(dict.fromkeys(code.clean(one) for one in value))

    def schema(self) -> dict[str, Any]:
        item = {"type": "string", "minLength": 1, "maxLength": MAX_CODE_LENGTH}
        return {"type": "array", "items": item, "maxItems": MAX_CODES}


class EnrichBody(BaseModel):
    """``overwrite`` replaces a description that exists; ``review`` keeps the new one as a draft."""

    language: Annotated[str, LANGUAGE] = "uz"
    overwrite: Annotated[bool, Boolean()] = False
    review: Annotated[bool, Boolean()] = False
    max_tokens: Annotated[int | None, COUNT] = None


class _Products(BaseModel):
    codes: Annotated[list[str] | None, Codes()] = None
    code_1cs: Annotated[list[str] | None, Codes()] = None
    all: Annotated[bool, Boolean()] = False
    project_id: Annotated[int | None, Integer((0, 2**63 - 1))] = None
    limit: Annotated[int | None, COUNT] = None


class BulkEnrichBody(_Products, EnrichBody):
    """``codes`` (or ``code_1cs``, which is the same), or all products without a description.

    All of one project where only ``project_id`` is given, which is 0 for those without one; of all with ``all``.
    """


class BulkClearBody(_Products):
    """``codes`` (or ``code_1cs``, which is the same), or all products that a model described.

    All of one project where only ``project_id`` is given, which is 0 for those without one; of all with ``all``.
    """


class TaskStarted(BaseModel):
    """A worker does it; ``status_url`` tells how far it is, ``message`` what has begun, for people."""

    task_id: UUID
    status: Literal["started"]
    status_url: str
    message: str


class TaskError(BaseModel):
    code: str | None
    error: str
    timestamp: str


class TaskStatus(JobStatus):
    """``processed = done + skipped + errors``; what needed nothing, or was changed meanwhile, is skipped.

    ``item_errors`` are the first 100. A task that ends in ``error`` says why; what it did until then stays.
    """

    kind: str
    action: Literal["enrich", "clear"]
    done: int
    skipped: int
    prompt_tokens: int
    completion_tokens: int
    item_errors: list[TaskError]


class DraftProject(BaseModel):
    id: int
    code_1c: str
    name: str


class Draft(BaseModel):
    """What a model wrote and nobody has decided on yet, beside the description that the row has now."""

    id: int
    code: str
    name: str
    project: DraftProject | None
    description: str
    current_description: str | None
    language: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    created_at: datetime
