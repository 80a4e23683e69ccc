from ecatalog.filtering import FilterSet, exact

ACTIVITY = FilterSet(exact("agent_code"), exact("region"))
