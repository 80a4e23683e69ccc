"""The third step of a run: the rows of a stream are sent, and each stream waits for the one before it."""

from typing import Any

from ecatalog.contracts.integration import KEYED_CHUNK_READY
from ecatalog.events.broker import Broker

from integration.connectors.commerceml.rows import CLIENTS, PRODUCTS
from integration.runs.run import Run
from integration.syncs.dispatch import Dispatcher

_WAITING = """
    select c.chunk, c.first_n, c.last_n from sync_chunk c join job j on j.id = c.job_id
     where c.job_id = %(id)s and c.stream = %(stream)s and not c.applied and j.status = 'doing' and j.fence = %(fence)s
       and (c.leads or not exists (select from sync_chunk l
                                    where l.job_id = c.job_id and l.stream = c.stream and l.leads and not l.applied))
     order by c.chunk limit %(limit)s
"""
_ROWS = """
    select string_agg(body, ',' order by n) from ready_row
     where job_id = %(id)s and stream = %(stream)s and n between %(first)s and %(last)s
"""


class KeyedDispatcher(Dispatcher):
    """Sends the chunks of one stream of a run."""

    kind = KEYED_CHUNK_READY
    waiting = _WAITING
    rows = _ROWS

    def __init__(self, run: Run, broker: Broker, stream: str) -> None:
        super().__init__(run.job, broker)
        self._run = run
        self._stream = stream

    async def head(self) -> dict[str, Any]:
        stream = CLIENTS if self._stream == CLIENTS else PRODUCTS  # prices and stock are columns of products
        return {
            "project_id": self._run.project_id, "base": self._run.base, "stream": stream,
            "replace_stand_ins": self._run.replaces_stand_ins(stream),
        }  # fmt: skip

    def about(self) -> dict[str, Any]:
        return self._run.job.claimed.key | {"stream": self._stream}
