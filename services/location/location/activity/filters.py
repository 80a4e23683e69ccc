"""The filters of counts by region."""

from ecatalog.entities.filters import FilterSet, exact

ACTIVITY = FilterSet(exact("agent_code"), exact("region"))
