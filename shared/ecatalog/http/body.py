"""Reads a request's body into a model: JSON, form or multipart, with the contract's errors."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, Field, ValidationError, create_model
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException

from ecatalog.core.errors import BadRequest, FieldErrors, ParseError, TooLarge, UnsupportedMediaType
from ecatalog.core.parsing import parse_json
from ecatalog.fields.types import Boolean, FormText
from ecatalog.http.forms import FORM_READ, NO_TEXT, FormParser

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R")
Parse = Callable[[bytes], Any]

MAX_JSON_BYTES = 10 * 1024 * 1024
MAX_FORM_BYTES = 64 * 1024 * 1024
"""As many as the largest workbook that is taken; whoever takes more says so, whoever takes less counts by itself."""
MAX_FORM_FIELDS = 1000
# What forms are written in here. Some of the others that Python knows spell half a pair of surrogates.
CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1251", "cp1251"})
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
REQUIRED = "This field is required."
CHANGE, REPLACEMENT = "Change", "Replacement"
"""A model whose fields, or some of them, may be left out has a name with one of these at its end."""


class BodyReader(Generic[R]):
    """Is a dependency that reads the body and gives the result of ``validate``; ``model`` describes it.

    ``partial`` requires no field; ``optional`` names fields that may be left out.
    """

    parse: Parse = staticmethod(parse_json)
    kinds: tuple[str, ...] = (JSON, FORM, MULTIPART)

    def __init__(
        self, model: type[BaseModel], *, partial: bool = False, optional: frozenset[str] = frozenset()
    ) -> None:
        left_out = frozenset(model.model_fields) if partial else optional
        self.model = _with_optional(model, left_out, CHANGE if partial else REPLACEMENT) if left_out else model
        self.partial = partial
        self.left_out = left_out
        self.names = {field.alias or attribute: attribute for attribute, field in self.model.model_fields.items()}
        """The attribute of each name that clients use; ``optional`` names attributes."""

    async def __call__(self, request: Request) -> R:
        data = await read_body(request, self.parse)
        if isinstance(data, FormData):
            return self.validate(self._from_form(data))
        if not isinstance(data, Mapping):
            message = f"Invalid data. Expected a dictionary, but got {type(data).__name__}."
            raise FieldErrors({"non_field_errors": [message]})
        return self.validate(data)

    def validate(self, data: Mapping[str, Any]) -> R:
        """Return the meaning of ``data``; raises :class:`FieldErrors` with every field's message at once."""
        raise NotImplementedError

    def _from_form(self, form: FormData) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for name, attribute in self.names.items():
            metadata = self.model.model_fields[attribute].metadata
            if name in form:
                values = form.getlist(name)
                data[name] = FormText(values[-1]) if isinstance(values[-1], str) else values[-1]
            elif any(isinstance(item, Boolean) for item in metadata) and not self.partial:
                data[name] = False
        return data

    def openapi(self) -> dict[str, Any]:
        """Return the ``requestBody`` of an operation, its schema by reference to the model's name."""
        reference = {"$ref": f"#/components/schemas/{self.model.__name__}"}
        return {"required": not self.partial, "content": {kind: {"schema": reference} for kind in self.kinds}}

    def schemas(self) -> dict[str, Any]:
        """Return the schema that ``openapi`` refers to, and those in it, by name."""
        schema = self.model.model_json_schema(ref_template="#/components/schemas/{model}")
        for name, attribute in self.names.items():
            if attribute in self.left_out:  # then it keeps its value
                schema["properties"][name].pop("default", None)
        return {**schema.pop("$defs", {}), self.model.__name__: schema}


class Body(BodyReader[M]):
    """Gives the body as a model. Only fields that were sent are in ``model_fields_set``."""

    model: type[M]

    def __init__(self, model: type[M], *, partial: bool = False, optional: frozenset[str] = frozenset()) -> None:
        super().__init__(model, partial=partial, optional=optional)

    def validate(self, data: Mapping[str, Any]) -> M:
        known = {name: data[name] for name in self.names if name in data}
        try:
            return self.model.model_validate(known)
        except ValidationError as failed:
            errors: dict[str, list[str]] = {}
            for error in failed.errors(include_url=False):
                name = str(error["loc"][0]) if error["loc"] else "non_field_errors"
                errors.setdefault(name, []).append(REQUIRED if error["type"] == "missing" else error["msg"])
            raise FieldErrors(errors) from failed


def _with_optional(model: type[M], names: frozenset[str], suffix: str) -> type[M]:
    """Return the same model, whose fields ``names`` may be left out; the document names it with the suffix."""
    fields: dict[str, Any] = {
        name: (field.rebuild_annotation(), Field(None, alias=field.alias))
        for name, field in model.model_fields.items()
        if name in names
    }
    return create_model(f"{model.__name__}{suffix}", __base__=model, **fields)


async def read_body(request: Request, parse: Parse = parse_json) -> Any:
    """Return decoded JSON, or a form; an empty body is an empty object."""
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind in {FORM, MULTIPART}:
        return await read_form(request)
    raw = await read_bytes(request, MAX_JSON_BYTES)
    if kind != JSON and (raw or kind):
        raise UnsupportedMediaType(content_type)
    if not raw:
        return {}
    try:
        return parse(raw)
    except ValueError as error:
        raise ParseError(f"JSON parse error - {error}") from error


async def read_bytes(request: Request, limit: int) -> bytes:
    """Return the whole body; it is refused as soon as it grows over ``limit`` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


async def read_form(request: Request, limit: int = MAX_FORM_BYTES) -> FormData:
    """Read a form of at most ``limit`` bytes, with bounds for the number and size of its fields."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    charset = options.get(b"charset", b"utf-8").decode("latin-1").lower()
    if charset not in CHARSETS:
        raise UnsupportedMediaType(request.headers["content-type"])
    try:
        if kind == FORM.encode():
            return _urlencoded(await read_bytes(request, MAX_JSON_BYTES), charset)
        return await _multipart(request, limit)
    except MultiPartException as error:
        raise _malformed(error.message) from error
    except ValueError as error:
        raise _malformed(str(error)) from error


async def _multipart(request: Request, limit: int) -> FormData:
    stream = _at_most(request.stream(), limit)
    form = await FormParser(request.headers, stream, max_fields=MAX_FORM_FIELDS, max_files=MAX_FORM_FIELDS).parse()
    request.scope[FORM_READ] = form
    return form


async def _at_most(stream: AsyncIterator[bytes], limit: int) -> AsyncGenerator[bytes, None]:
    """Give the same parts until they are more than ``limit`` bytes; what stands before the fields counts, too."""
    async for part in stream:
        limit -= len(part)
        if limit < 0:
            raise TooLarge
        yield part


def _urlencoded(raw: bytes, charset: str) -> FormData:
    """Read fields; raises ValueError when there are too many, or one that is no text of this charset."""
    try:
        text = raw.decode(charset)
        fields = parse_qsl(
            text, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=MAX_FORM_FIELDS
        )
    except UnicodeDecodeError as error:
        raise ValueError(NO_TEXT.format(charset)) from error
    return FormData([*fields])


def _malformed(why: str) -> BadRequest:
    return BadRequest({"detail": f"Multipart form parse error - {why}"})
