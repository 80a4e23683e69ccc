from ecatalog.entities.filters import FilterSet, exact, number_is

HISTORY = FilterSet(exact("status"), number_is("integration_id", "integration_id"), exact("sync_type"))
