from ecatalog.entities.filters import NUMBER, Filter, FilterSet, parse_number
from ecatalog.jobs.status import WIRE_STATUS

from integration.syncs.views import SYNC_TYPE

HISTORY = FilterSet(
    Filter("status", f"{WIRE_STATUS} = {{value}}", description="Exactly this."),
    Filter(
        "integration_id", "j.subject = 'integration/' || trim_scale({value})::text", parse_number,
        "Exactly this number.", NUMBER,
    ),
    Filter("sync_type", f"{SYNC_TYPE} = {{value}}", description="Exactly this."),
)  # fmt: skip
