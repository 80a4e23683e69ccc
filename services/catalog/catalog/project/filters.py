"""Declares how projects may be narrowed in a list."""

from ecatalog.entities.filters import FilterSet, contains, exact

from catalog import nested
from catalog.entities.filters import common_filters

KEYS = "project_search"

FILTERS = FilterSet(
    exact("code_1c"),
    exact("name"),
    contains("name_contains", "name", KEYS),
    contains("code_contains", "code_1c", KEYS),
    common_filters("project", nested.AFTER_REVIVAL),
)
