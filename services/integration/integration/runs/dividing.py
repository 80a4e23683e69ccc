"""The rows that are sent are divided into chunks, numbered through all streams."""

from collections.abc import Sequence

from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.runs.run import Run
from integration.syncs.chunks import ChunkBounds

_SIZES = """
    select octet_length(body) from ready_row where job_id = %(id)s and stream = %(stream)s order by n
"""
_CHUNKS = """
    insert into sync_chunk (job_id, chunk, first_n, last_n, rows, stream, leads)
    select %(id)s, %(first_chunk)s + c.position - 1, c.first_n, c.last_n, c.last_n - c.first_n + 1, %(stream)s,
           c.last_n < %(moved)s
      from unnest(%(first)s::int[], %(last)s::int[]) with ordinality c(first_n, last_n, position)
"""


async def divide(connection: Transaction, run: Run, stream: str, chains: Sequence[int], first_chunk: int) -> int:
    """Divide the rows of a stream, and return the number of chunks.

    ``chains`` are the lengths of those that come first: no chunk ends within one, and theirs are applied before others,
    which may take the codes that they give up.
    """
    about = {"id": run.job.id, "stream": stream}
    sizes = [size for (size,) in await (await execute(connection, _SIZES, about)).fetchall()]
    bounds = ChunkBounds(run.chunk_size)
    moved = 0
    for length in chains:
        bounds.add_together(sizes[moved : moved + length])
        moved += length
    bounds.close()
    for size in sizes[moved:]:
        bounds.add(size)
    spans = bounds.spans()
    ends = {"first": [span.first for span in spans], "last": [span.last for span in spans]}
    await execute(connection, _CHUNKS, about | ends | {"first_chunk": first_chunk, "moved": moved})
    return len(spans)
