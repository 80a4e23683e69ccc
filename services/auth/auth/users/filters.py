"""How users are rendered, and what a list of them may be narrowed by."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ecatalog import paging
from ecatalog.filtering import FilterSet, Where, escape_like, exact, flag
from ecatalog.resource import Resource
from starlette.requests import Request

from auth.users.models import SEARCHED, User
from auth.users.schemas import UserRow

MOST_WORDS = 10

USERS = Resource(
    table=User.__table__,  # type: ignore[attr-defined]  # SQLModel adds it when the class is made
    schema=UserRow,
    nested={"is_staff": "t.role = 'admin'", "project": "t.project_id"},
    filters=FilterSet(
        replace(flag("is_staff"), sql={True: "t.role = 'admin'", False: "t.role <> 'admin'"}.__getitem__),
        flag("is_active"),
        exact("profile__code_1c", "profile_code_1c"),
    ),
)


def search(phrase: str, where: Where) -> None:
    """Each word anywhere in the names or the e-mail address, in any case."""
    for word in phrase.replace("\x00", "").split()[:MOST_WORDS]:
        where.add(f"{SEARCHED} ilike {{value}}", f"%{escape_like(word)}%")


class ListQuery:
    """The query parameters of the list, described for its document."""

    parameters = (
        {"name": "search", "in": "query", "required": False, "description": "Words, each in a name or the e-mail.",
         "schema": {"type": "string"}},
        {"name": "ordering", "in": "query", "required": False, "description": "Fields, `-` before one reverses it.",
         "schema": {"type": "string"}},
        *USERS.filters.parameters,
        *paging.PARAMETERS,
    )  # fmt: skip

    def __call__(self, request: Request) -> Mapping[str, Any]:
        return request.query_params
