"""What the runs of a stream say of its source, as SQL that an index answers."""

from typing import get_args

from ecatalog.contracts.integration import SyncType
from ecatalog.db.sql import compose, join, literal

STREAMS = join(", ", (compose("({name})", name=literal(name)) for name in get_args(SyncType)))
"""The rows of ``values`` for the streams that runs have."""

LIVE = compose("i.is_active and not i.is_deleted")

OF_STREAM = compose(
    "j.task = 'sync' and j.subject = 'integration/' || i.id and j.args ->> 'sync_type' = t.stream"
    " and j.args ->> 'dry_run' is distinct from 'true'"
)
"""SQL that is true for a job ``j`` that ran a stream ``t`` of the integration ``i``, and not for trial alone."""

LAST_SUCCESS = compose(
    "select j.finished_at from job j where {of_stream} and j.status = 'succeeded' order by j.id desc limit 1",
    of_stream=OF_STREAM,
)

SCHEDULED = compose(
    "s.task = 'sync' and s.subject = 'integration/' || i.id and s.is_active"
    " and s.args -> 'streams' @> to_jsonb(t.stream)"
)
"""SQL that is true for a schedule ``s`` that starts a stream ``t`` of the integration ``i``."""
