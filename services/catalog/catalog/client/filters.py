"""Declares how clients may be narrowed in a list."""

from ecatalog.entities.filters import FilterSet, contains, exact, flag, one_of, whole_days

from catalog import nested
from catalog.project.filters import of_project

KEYS = "client_search"

FILTERS = FilterSet(
    exact("client_code_1c"),
    exact("name"),
    exact("email"),
    of_project(),
    contains("name_contains", "name", KEYS),
    contains("email_contains", "email", KEYS),
    contains("code_contains", "client_code_1c", KEYS),
    one_of("description_status", nested.DESCRIPTION_STATUS),
    one_of("image_status", nested.has_images("client")),
    whole_days("created", "created_at"),
    whole_days("updated", "updated_at"),
    flag("is_active"),
)
