from ecatalog.entities.filters import Filter, FilterSet

PARKED = FilterSet(Filter("stream", "p.stream = {value}", description="Exactly this: `prices` or `stock`."))
