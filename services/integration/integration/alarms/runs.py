"""What the runs of a stream say of its source, as SQL that an index answers."""

from typing import get_args

from ecatalog.contracts.integration import SyncType
from ecatalog.db.sql import compose, join, literal

from integration.integrations.kinds import SOAP

STREAMS = join(", ", (compose("({name})", name=literal(name)) for name in get_args(SyncType)))
"""The rows of ``values`` for the streams that runs have."""

LIVE = compose("i.is_active and not i.is_deleted")

OF_STREAM = compose(
    "j.task = 'sync' and j.subject = 'integration/' || i.id and j.args ->> 'sync_type' = t.stream"
    " and j.args ->> 'is_dry_run' is distinct from 'true' and (i.kind = {soap} or j.args -> 'file_ids' <> '[]')",
    soap=literal(SOAP),
)
"""SQL that is true for a job ``j`` that read a stream ``t`` of the integration ``i``, and not for trial alone.

A run that reads nothing, because it only makes columns of what is kept, says nothing of the source.
"""

LAST_SUCCESS = compose(
    "select j.finished_at from job j where {of_stream} and j.status = 'succeeded' order by j.id desc limit 1",
    of_stream=OF_STREAM,
)

SCHEDULED = compose(
    "s.task = 'sync' and s.subject = 'integration/' || i.id and s.is_active"
    " and s.args -> 'streams' @> to_jsonb(t.stream)"
)
"""SQL that is true for a schedule ``s`` that starts a stream ``t`` of the integration ``i``."""

LAST_EXCHANGE = compose(
    """
    greatest(
        (select max(s.used_at) from source_set s
          where s.integration_id = i.id and s.started_by = 'exchange' and (s.files = 0 or s.outcome = 'succeeded')),
        (select max(e.used_at) from exchange_session e
          where e.integration_id = i.id and not exists (select from source_set s where s.session_id = e.id)))
    """
)
"""SQL for the time at which 1C itself brought the integration ``i`` something that was applied, or had nothing new."""
