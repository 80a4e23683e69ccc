"""How fast files of 1C are parsed and brought in, beside a parser that takes everything and the same rows by hand."""

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from catalog.entities.nomenklatura import NOMENKLATURA
from integration.connectors.commerceml import CommerceMLSource
from integration.connectors.commerceml.rows import STREAMS
from integration.connectors.files.document import Document

from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base
from tests.load import by_hand, commerceml_by_hand
from tests.load.bench import Bench
from tests.load.goals import HAND, PULL
from tests.sources import unique

PARSED, BROUGHT = "parsing of 1C's files", "files of 1C, new goods"
GOODS = 20_000
SLOWEST = 200.0  # goods a second


def measure(bench: Bench) -> None:
    """Parse goods and offers in this process, then bring the goods in. Raises RuntimeError when one is lost."""
    with tempfile.TemporaryDirectory(prefix="ecatalog-bench-") as folder:
        files = [file.path for file in sets.generate(Path(folder), Base(GOODS), "2.07")]
        with bench.watched() as used:
            plain, ours = _rate(partial(_plain, files)), _rate(partial(parsed, files))
        bench.table.add(PARSED, ours, ceilings={PULL: plain}, used=used, units=GOODS)
        _bring(bench, files[0])


def parsed(files: Sequence[Path]) -> int:
    """Parse files as a run does; returns the number of goods."""
    documents = [Document(path.name, partial(_opened, path)) for path in files]
    batches = CommerceMLSource(documents).batches(STREAMS)
    return sum(len(batch.records) for batch in batches if batch.stream == "nomenklatura")


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _plain(files: Sequence[Path]) -> int:
    """Parse files by hand; of each good there is an offer, too."""
    return sum(_count(commerceml_by_hand.fields(path)) for path in files) // 2


def _count(rows: Iterable[Any]) -> int:
    return sum(1 for _ in rows)


def _rate(parse: Callable[[], int]) -> float:
    began = time.perf_counter()
    if (found := parse()) != GOODS:
        raise RuntimeError(f"{found} goods of {GOODS} were parsed")
    return GOODS / (time.perf_counter() - began)


def _bring(bench: Bench, file: Path) -> None:
    columns = [*commerceml_by_hand.COLUMNS.values(), *commerceml_by_hand.OTHERS]
    table = NOMENKLATURA.name
    with by_hand.scratch(bench.database_url("catalog"), table) as connection:
        hand = by_hand.insert(connection, table, columns, commerceml_by_hand.products(file))
    code = unique("FILES")
    project = int(bench.api.post("/api/v1/project/", {"code_1c": code, "name": code})["id"])
    body = {"name": f"Files of {code}", "project": project, "kind": "commerceml-file"}
    integration = int(bench.api.post("/api/v1/integration/", body)["id"])
    content = file.read_bytes()
    with bench.watched() as used:
        began = time.monotonic()
        path = f"/api/v1/source-file/{integration}/"
        answer = bench.api.http.post(path, files={"files": (file.name, content)}, timeout=300).raise_for_status()
        end = bench.api.follow_sync(answer.json()["task_id"], 60 + GOODS / SLOWEST)
        seconds = time.monotonic() - began
    if (end.status, end.created, end.errors) != ("completed", GOODS, 0):
        raise RuntimeError(f"the run ended with other numbers than expected: {end}")
    bench.table.add(BROUGHT, GOODS / seconds, ceilings={HAND: hand}, used=used, units=GOODS)
