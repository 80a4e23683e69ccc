"""An exchange of 1C that is taken request by request, so that processes can be killed at any point of it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from deploy.local.cluster import Cluster
from deploy.local.onec.commerceml.sets import SetFile
from deploy.local.onec.exchange.answers import ExchangeFailedError
from deploy.local.onec.exchange.habits import Habits
from deploy.local.onec.exchange.site import ConnectionBrokenError, Site
from tests.exchanges import Node
from tests.managing import rows

_PHASE = "select phase, status from job where subject = %s order by id desc limit 1"
_BLOCKED = """
    select exists (select from pg_locks l join pg_class c on c.oid = l.relation
                    where not l.granted and c.relname = %s
                      and l.database = (select oid from pg_database where datname = current_database()))
"""
_MEMORY = """
    select stream, key, code, is_deleted, labels, encode(hash, 'hex') from source_record
     where integration_id = %s order by stream, key
"""
_VALUES = """
    select stream, key, of, coefficient, min_quantity, value::text, currency from source_value
     where project_id = %s order by stream, key, of, coefficient, min_quantity
"""
_PARKED = "select stream, key from source_parked where project_id = %s order by stream, key"
_FILES = """
    select s.outcome, f.name, f.size,
           (select coalesce(sum(length(p.bytes)), 0) from source_piece p where p.file_id = f.id)
      from source_file f join source_set s on s.id = f.set_id where s.integration_id = %s order by f.id
"""
_A_DAY_LATER = (
    "update source_set set used_at = used_at - interval '25 hours' where integration_id = %s",
    "update exchange_session set used_at = used_at - interval '25 hours' where integration_id = %s",
)


@dataclass(frozen=True)
class Request:
    """A request of 1C, which repeats it as long as it is answered ``progress``."""

    mode: str
    filename: str | None = None
    body: bytes | None = None


def requests_of(files: Sequence[SetFile], part: int) -> list[Request]:
    """The requests of an exchange after its login: all files in parts of so many bytes, then what has them read."""
    found = [Request("init")]
    for file in files:
        content = file.path.read_bytes()
        found += [Request("file", file.name, content[at : at + part]) for at in range(0, len(content), part)]
    return found + [Request("import", file.name) for file in files] + [Request("deactivate"), Request("complete")]


class Talk:
    """1C's side of one exchange, in the session that it has signed in to."""

    def __init__(self, node: Node) -> None:
        self._site = Site(*node.arguments, Habits())

    def sign_in(self) -> None:
        answer = self._site.ask("checkauth").expect("success")
        self._site.cookie = "=".join(answer.lines[1:3])

    def take(self, *requests: Request) -> None:
        """Send requests one after the other; raises ExchangeFailedError when one is not answered as 1C wants."""
        for request in requests:
            words = ("zip=yes",) if request.mode == "init" else ("success", "progress")
            while self._ask(request).expect(*words).word == "progress":
                pass

    def try_to_take(self, request: Request) -> None:
        """Send a request whose answer may never come."""
        try:
            self.take(request)
        except ExchangeFailedError:
            return

    def begin_part(self, request: Request) -> None:
        """Send a half of a part."""
        try:
            self._site.break_off(request.filename or "", request.body or b"")
        except ConnectionBrokenError:
            return

    def _ask(self, request: Request) -> Any:
        return self._site.ask(request.mode, filename=request.filename, body=request.body)


@contextmanager
def in_flight(talk: Talk, request: Request) -> Iterator[None]:
    """A request is under way while the context lasts, and whatever becomes of it is awaited."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(talk.try_to_take, request)
        yield


@contextmanager
def locked(cluster: Cluster, service: str, table: str) -> Iterator[Callable[[], bool]]:
    """Nobody can write into a table while the context lasts; tells whether somebody waits for that."""
    found = next(each for each in cluster.components.services if each.name == service)
    with psycopg.connect(cluster.environment.database_url(found)) as connection:
        connection.execute(f"lock table {table} in exclusive mode".encode())
        yield lambda: bool(rows(cluster, service, _BLOCKED, table)[0][0])
        connection.rollback()


def phase_of(cluster: Cluster, node: Node) -> str:
    """The step of the newest run of a node, "" before there is one, and "over" when it has ended."""
    found = rows(cluster, "integration", _PHASE, f"integration/{node.integration}")
    return "" if not found else str(found[0][0]) if found[0][1] == "doing" else "over"


def end_state(cluster: Cluster, node: Node) -> dict[str, Any]:
    """What the catalog holds of a node's goods, and what is remembered of them."""
    kept = {"memory": (_MEMORY, node.integration), "values": (_VALUES, node.project), "parked": (_PARKED, node.project)}
    found = {name: rows(cluster, "integration", sql, one) for name, (sql, one) in kept.items()}
    return {"goods": node.state(), **found}


def files_of(cluster: Cluster, node: Node) -> list[tuple[str | None, str, int, int]]:
    """The outcome of the set, the name, the size and the bytes that are kept of each file of a node."""
    return [(outcome, name, size, int(kept)) for outcome, name, size, kept in rows(
        cluster, "integration", _FILES, node.integration
    )]  # fmt: skip


def let_a_day_pass(cluster: Cluster, node: Node) -> None:
    """Make all that a node has sent a day older."""
    for statement in _A_DAY_LATER:
        rows(cluster, "integration", statement, node.integration)
