"""Rows that pass codes on to each other: they are applied first, and together."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import compose, execute

from integration.runs.memory import KNOWN, StreamOfRun
from integration.runs.run import Run
from integration.syncs.chunks import MAX_BYTES

TOO_LONG = (
    "The codes of {} records are passed on from one to the next in this list: more than {} cannot be changed at once"
)

_AROUND = 1000  # bytes of a row beside its columns
_MOVES = compose(
    """
    with known as materialized ({known})
    select s.n, k.code, s.code, octet_length(s.payload) + coalesce(octet_length(s.fills), 0)
      from staged_record s join known k on k.key = s.key
     where s.job_id = %(id)s and s.stream = %(stream)s and s.payload is not null
       and not s.is_stand_in and not s.is_keyless and k.code <> s.code and (not k.is_stand_in or %(replaces)s)
     order by s.n
    """,
    known=KNOWN,
)
_REFUSE = """
    with refused as (
        select * from json_to_recordset(%(refused)s::json) as r(n int, reason text)
    ), gone as (
        update staged_record s set payload = null, reason = r.reason from refused r
         where s.job_id = %(id)s and s.stream = %(stream)s and s.n = r.n
        returning s.code, s.place, s.reason, s.n
    )
    insert into job_error (job_id, code, details, error)
    select %(id)s, code, json_build_object('stream', %(stream)s::text), concat_ws(': ', nullif(place, ''), reason)
      from gone order by n
"""


class Move(NamedTuple):
    """A record whose code changes, and the bytes of its columns."""

    n: int
    old: str
    new: str
    size: int


class Chains(NamedTuple):
    """The records of each chain in their order, chain after chain; ``refused`` counts those of longer ones."""

    moved: list[list[int]]
    refused: int


async def chains_of(connection: Transaction, run: Run, stream: StreamOfRun) -> Chains:
    """Find the records whose codes change, and refuse the chains that no single chunk can hold."""
    about = run.key | stream.key | {"replaces": run.replaces_stand_ins(stream.name)}
    moves = [Move(*row) for row in await (await execute(connection, _MOVES, about)).fetchall()]
    chains = await asyncio.to_thread(linked, moves)
    fitting = [chain for chain in chains if fits(chain, run.chunk_size)]
    refused = [
        {"n": move.n, "reason": TOO_LONG.format(len(chain), run.chunk_size)}
        for chain in chains
        if not fits(chain, run.chunk_size)
        for move in chain
    ]
    if refused:
        await execute(connection, _REFUSE, about | {"refused": orjson.dumps(refused).decode()})
    return Chains([[move.n for move in chain] for chain in fitting], len(refused))


def fits(chain: Sequence[Move], most_rows: int) -> bool:
    """Tell whether one chunk can hold a chain. A single record travels like any other."""
    return len(chain) == 1 or (
        len(chain) <= most_rows and sum(move.size + _AROUND for move in chain) <= MAX_BYTES
    )  # fmt: skip


def linked(moves: Iterable[Move]) -> list[list[Move]]:
    """Put those together of which one takes the code that another gives up, in the order of their first."""
    above: dict[str, str] = {}

    def top(code: str) -> str:
        while (higher := above.get(code, code)) != code:
            above[code] = code = above.get(higher, higher)
        return code

    known = list(moves)
    for move in known:
        old, new = top(move.old), top(move.new)
        if old != new:
            above[new] = old
    chains: defaultdict[str, list[Move]] = defaultdict(list)
    for move in known:
        chains[top(move.old)].append(move)
    return list(chains.values())
