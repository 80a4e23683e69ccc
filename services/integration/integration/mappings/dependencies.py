"""Reads the mapping of a request; every error stands under its path."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import orjson
from ecatalog.core.errors import FieldErrors
from ecatalog.fields.types import NOT_A_STRING
from ecatalog.http.body import JSON, REQUIRED, Body, BodyReader
from fastapi import Depends
from pydantic import BaseModel, ValidationError

from integration.mappings.schemas import MappingIn, RevertIn

M = TypeVar("M", bound=BaseModel)

MAX_BYTES = 256 * 1024
_WHOLE = "non_field_errors"
_MESSAGES = {
    "missing": REQUIRED, "extra_forbidden": "There is no such key.", "string_type": NOT_A_STRING,
    "tuple_type": "Expected a list.", "dict_type": "Expected an object.", "model_type": "Expected an object.",
    "too_long": "Ensure this has no more than {max_length} elements.",
}  # fmt: skip


class MappingBody(BodyReader[MappingIn]):
    """Gives the body as a mapping. A path names the way to what is wrong: ``streams.clients.fields.name.do.0``."""

    kinds = (JSON,)

    def validate(self, data: Mapping[str, Any]) -> MappingIn:
        given = validated(MappingIn, data)
        if len(orjson.dumps(given.document)) > MAX_BYTES:
            raise FieldErrors({_WHOLE: [f"The mapping is larger than {MAX_BYTES // 1024} KB."]})
        return given


def validated(model: type[M], data: Mapping[str, Any]) -> M:
    """Return the data as a model of mappings; raises FieldErrors by the path of each error."""
    try:
        return model.model_validate(dict(data))
    except ValidationError as failed:
        errors: dict[str, list[str]] = {}
        for error in failed.errors(include_url=False):
            path = ".".join(str(part) for part in error["loc"] if part != "[key]") or _WHOLE
            known = _MESSAGES.get(error["type"])
            errors.setdefault(path, []).append(known.format(**error.get("ctx", {})) if known else error["msg"])
        raise FieldErrors(errors) from failed


GivenMapping = Annotated[MappingIn, Depends(MappingBody(MappingIn))]
GivenRevert = Annotated[RevertIn, Depends(Body(RevertIn))]
