"""Declares how clients may be narrowed in a list."""

from ecatalog.entities.filters import FilterSet, contains, exact
from ecatalog.entities.project_filters import of_project

from catalog.entities.filters import common_filters

KEYS = "client_search"

FILTERS = FilterSet(
    exact("client_code_1c"),
    exact("name"),
    exact("email"),
    of_project(),
    contains("name_contains", "name", KEYS),
    contains("email_contains", "email", KEYS),
    contains("code_contains", "client_code_1c", KEYS),
    common_filters("client"),
)
