from ecatalog.entities.filters import FilterSet, exact

ACTIVITY = FilterSet(exact("agent_code"), exact("region"))
