from typing import LiteralString, get_args

from ecatalog.contracts.integration import SyncType
from ecatalog.entities.filters import NUMBER, Filter, FilterSet, parse_number
from ecatalog.jobs.status import WIRE_STATUS

from integration.syncs.args import StartedBy
from integration.syncs.views import SYNC_TYPE

# A run without rows of its own there brought the one stream that its type names.
_AMONG_STREAMS = "j.id in (select s.job_id from sync_stream s where s.stream = {value})"
_ITS_TYPE = f"{SYNC_TYPE} = {{value}} and not exists (select from sync_stream s where s.job_id = j.id)"


def _of_stream(stream: str) -> LiteralString:
    return f"({_AMONG_STREAMS} or {_ITS_TYPE})" if stream in get_args(SyncType) else _AMONG_STREAMS


HISTORY = FilterSet(
    Filter("status", f"{WIRE_STATUS} = {{value}}", description="Exactly this."),
    Filter(
        "integration_id", "j.subject = 'integration/' || trim_scale({value})::text", parse_number,
        "Exactly this number.", NUMBER,
    ),
    Filter("sync_type", f"{SYNC_TYPE} = {{value}}", description="Exactly this."),
    Filter(
        "started_by", "coalesce(j.args ->> 'started_by', 'user') = {value}",
        description=f"Exactly this: {', '.join(get_args(StartedBy))}.",
    ),
    Filter("stream", _of_stream, description="Runs that brought this stream, such as prices."),
)  # fmt: skip
