"""Reads bodies of rows that belong to a project, which some clients name as ``project_ids``, a list."""

from collections.abc import Mapping
from typing import Any, TypeVar

from ecatalog.core.errors import FieldErrors
from ecatalog.core.parsing import parse_json
from ecatalog.fields.types import INT64, FormText, Integer, is_blank
from ecatalog.http.body import Body
from pydantic import BaseModel
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData

M = TypeVar("M", bound=BaseModel)

NAME = "project_ids"
ONE_PROJECT = "A row belongs to one project: send one id."
TWO_MEANINGS = "project_id and project_ids name different projects."
_ID = Integer(INT64)


class OwnedBody(Body[M]):
    """Reads ``project_ids`` of one id as ``project_id``; an empty list means no project."""

    def validate(self, data: Mapping[str, Any]) -> M:
        if data.get(NAME) is None:
            return super().validate(data)
        try:
            project_id = _only(_listed(data[NAME]))
            named = data.get("project_id")
            if not is_blank(named):
                if project_id is not None and _ID.clean(named) != project_id:
                    raise FieldErrors({NAME: [TWO_MEANINGS]})
                return super().validate(data)
        except PydanticCustomError as error:
            raise FieldErrors({NAME: [error.message()]}) from error
        return super().validate({**data, "project_id": project_id})

    def _from_form(self, form: FormData) -> dict[str, Any]:
        listed = form.getlist(NAME)
        value = FormText(listed[0]) if len(listed) == 1 and isinstance(listed[0], str) else listed
        return super()._from_form(form) | ({NAME: value} if NAME in form else {})


def _listed(sent: Any) -> list[Any]:
    """Return the ids as a list, however a client writes one."""
    if isinstance(sent, FormText) and sent.strip().startswith("["):
        try:
            sent = parse_json(sent.encode())
        except ValueError:
            return [sent]
    return [one for one in (sent if isinstance(sent, list) else [sent]) if not is_blank(one)]


def _only(ids: list[Any]) -> int | None:
    """Return the one project, None for none."""
    different = {_ID.clean(one) for one in ids}
    if len(different) > 1:
        raise FieldErrors({NAME: [ONE_PROJECT]})
    return different.pop() if different else None
