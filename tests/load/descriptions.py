"""How near descriptions come to the rate that their model allows: one that takes its time for every answer."""

import subprocess
import sys
import time

from tests.chat import ChatThread, Reply, Request, text
from tests.load.bench import Bench

NAME = "descriptions by 16 at once"
AT_ONCE = 16
ANSWER_SECONDS = 0.05
ROWS = 3000


def measure(bench: Bench) -> None:
    """The part of the ideal rate (16 answers in 50 ms), from the first request to the last.

    Raises RuntimeError when a row is lost.
    """
    asked: list[float] = []

    def reply(request: Request) -> Reply:
        asked.append(time.monotonic())
        return text(f"<p>{request.name} yaxshi.</p>" * 10, seconds=ANSWER_SECONDS)

    with ChatThread(reply) as server, bench.watched() as used:
        output = _describe(bench, server.url)
    if len(asked) != ROWS or f"described {ROWS:,}, failed 0" not in output:
        raise RuntimeError(f"{len(asked)} rows were asked for: {output}")
    rate = ROWS / (asked[-1] + ANSWER_SECONDS - asked[0])
    bench.table.add(NAME, rate * ANSWER_SECONDS / AT_ONCE, used=used, units=ROWS)


def _describe(bench: Bench, url: str) -> str:
    service = next(each for each in bench.cluster.components.services if each.name == "catalog")
    variables = bench.cluster.environment.service(service, service.api_port)
    command = [
        *(sys.executable, "-m", "catalog.cli", "generate_descriptions", "--nomenklatura", "--overwrite"),
        *("--concurrency", str(AT_ONCE), "--limit", str(ROWS)),
    ]
    model = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": url}
    return subprocess.run(command, env=variables | model, capture_output=True, text=True, timeout=300).stdout
