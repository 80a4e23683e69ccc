"""The rendering of users, and the filters of their list."""

from dataclasses import replace

from ecatalog.entities.filters import FilterSet, Where, escape_like, exact, flag
from ecatalog.entities.phrases import words_of
from ecatalog.entities.rendering import Rendering
from ecatalog.http.list_parameters import ListParameters

from auth.users.models import SEARCHED, User
from auth.users.schemas import UserRow

USERS = Rendering(
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
    """Find each word anywhere in the names or the e-mail address, in any case."""
    for word in words_of(phrase):
        where.add(f"{SEARCHED} ilike {{value}}", f"%{escape_like(word)}%")


class UserListParameters(ListParameters):
    """The query parameters of the list; its search is the list's own."""

    def __init__(self) -> None:
        super().__init__(USERS)
        text = "Words, each of them anywhere in the names or the e-mail address."
        schema = {"type": "string"}
        self.parameters.insert(
            0, {"name": "search", "in": "query", "required": False, "description": text, "schema": schema}
        )
