"""How clients are rendered, and what a list of them may be narrowed by."""

from typing import Any

from ecatalog.entities.filters import FilterSet, contains, exact, flag, one_of, whole_days
from ecatalog.entities.rendering import Rendering
from ecatalog.entities.search import Search

from catalog import nested
from catalog.client.models import Client, ClientSearch
from catalog.client.schemas import ClientAnswer
from catalog.project.filters import of_project

TABLE: Any = Client
KEYS: Any = ClientSearch

CLIENTS = Rendering(
    table=TABLE.__table__,
    schema=ClientAnswer,
    weighed=(
        "description",
        "notes",
        "legal_address",
        "actual_address",
        "social_media",
        "additional_phones",
        "tags",
        "metadata",
    ),
    nested={"project": nested.PROJECT, "images": nested.CLIENT_IMAGES},
    filters=FilterSet(
        exact("client_code_1c"),
        exact("name"),
        exact("email"),
        of_project(),
        contains("name_contains", "name", KEYS.__tablename__),
        contains("email_contains", "email", KEYS.__tablename__),
        contains("code_contains", "client_code_1c", KEYS.__tablename__),
        one_of("description_status", nested.DESCRIPTION_STATUS),
        one_of("image_status", nested.has_images("client")),
        whole_days("created", "created_at"),
        whole_days("updated", "updated_at"),
        flag("is_active"),
    ),
    search=Search(KEYS.__tablename__, phones=True),
    others=("project", "image", "integration"),
)
