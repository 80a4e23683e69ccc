"""The command as an administrator runs it: a process of its own."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from catalog.descriptions.command import INTERRUPTED, Command, CommandOptions
from catalog.descriptions.failures import OVER_BUDGET, RunStopped
from catalog.descriptions.job import UNEXPECTED
from catalog.descriptions.run import DescribeOptions
from catalog.entities.client import CLIENT
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.html import clean
from catalog.settings import CatalogSettings
from ecatalog.entities.entity import Entity
from ecatalog.testing.client import until
from ecatalog.testing.ports import free_port

from tests.chat import ChatServer, Reply, Request, failure, text

from .rows import add_clients, add_products, described, sql
from .working import working

pytestmark = pytest.mark.usefixtures("fresh")
ROWS = 1000
SAFE = "<p>{} is good.</p>"


async def start(settings: CatalogSettings, *arguments: str, **variables: str) -> asyncio.subprocess.Process:
    known = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI")}
    if settings.openai_api_key:
        known["OPENAI_API_KEY"] = settings.openai_api_key.get_secret_value()
        known["OPENAI_BASE_URL"] = settings.openai_base_url or ""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "catalog.cli", "generate_descriptions", *arguments,
        env=known | {"DATABASE_URL": settings.dsn} | variables,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str, str]:
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def call(settings: CatalogSettings, *arguments: str, **variables: str) -> tuple[int | None, str, str]:
    return await ended(await start(settings, *arguments, **variables))


def troubled(first: set[str]) -> Callable[[Request], Reply]:
    """A fifth of all requests is refused or fails; some rows meet worse, each once. ``first`` is for their names."""
    worse = {
        "Product 7": failure(504, **{"retry-after-ms": "5"}),
        "Product 13": text(""),
        "Product 21": Reply({"role": "assistant", "content": None, "refusal": "No."}),
        "Product 34": text("<p>Fine</p><script>alert(1)</script><img src=x onerror=alert(1)>"),
    }
    worse["Product 7"].seconds = 60.0  # longer than the client waits

    def reply(request: Request) -> Reply:
        if request.number % 5 == 4:
            return failure(429 if request.number % 2 else 500, **{"retry-after-ms": "5"})
        if request.name in worse and request.name not in first:
            first.add(request.name)
            return worse[request.name]
        return text(SAFE.format(request.name))

    return reply


async def test_thousand_rows_are_described_once_each_through_every_trouble_and_an_interruption(
    with_model: CatalogSettings, model: ChatServer
) -> None:
    add_products(with_model, ROWS)
    model.reply = troubled(set())
    how = ("--nomenklatura", "--concurrency", "16")
    process = await start(with_model, *how, OPENAI_TIMEOUT="10")
    await until(lambda: len(model.answered) > ROWS // 2, 120)
    process.send_signal(signal.SIGINT)
    code, out, _ = await ended(process)
    assert (code, "interrupted" in out) == (1, True)
    asked = Counter(request.name for request in model.answered)
    so_far = described(with_model)
    # Each answer that came is saved, but for the two that are none.
    assert set(asked) - set(so_far) == {"Product 13", "Product 21"}
    assert len(so_far) < ROWS
    assert sql(with_model, "select count(*) from nomenklatura where enrichment_status = 'IN_PROGRESS'") == [(0,)]
    assert jobs(with_model) == [("cancelled", INTERRUPTED, len(so_far), 2)]

    code, out, _ = await call(with_model, *how)
    assert (code, "failed 0" in out) == (0, True)
    made = described(with_model)
    assert set(made) == {f"Product {n}" for n in range(1, ROWS + 1)}
    again = {name: count for name, count in Counter(one.name for one in model.answered).items() if count > 1}
    assert again == {"Product 13": 2, "Product 21": 2}
    assert made.pop("Product 34").startswith("<p>Fine</p>")
    assert all(text == SAFE.format(name) for name, text in made.items())
    assert all(clean(text) == text and "<script" not in text and "onerror" not in text for text in made.values())
    assert sql(with_model, "select count(*) from description_claim") == [(0,)]
    assert model.most_at_once <= 16 + 1, "the server still works on what the client no longer waits for"


def jobs(settings: CatalogSettings) -> Sequence[tuple[Any, ...]]:
    """How the jobs of commands ended, with their numbers of descriptions and of failures."""
    return sql(settings, "select status, error, updated, errors from job where queue = 'here' order by id")


async def test_command_that_is_killed_leaves_its_rows_to_others(with_model: CatalogSettings, model: ChatServer) -> None:
    add_products(with_model, 60)
    model.reply = lambda request: text("<p>x</p>", seconds=0.02 if request.number < 20 else 60)
    process = await start(with_model, "--nomenklatura")
    await until(lambda: len(described(with_model)) == 20, 60)
    process.kill()
    await process.communicate()
    assert sql(with_model, "select count(*) > 0 from description_claim") == [(True,)]
    async with working(with_model):
        await until(lambda: sql(with_model, "select count(*) from description_claim") == [(0,)], 60)
    assert jobs(with_model) == [("failed", UNEXPECTED, 20, 0)]
    assert sql(with_model, "select count(*) from nomenklatura where enrichment_status = 'PENDING'") == [(40,)]


async def test_options_choose_what_is_described_and_how(with_model: CatalogSettings, model: ChatServer) -> None:
    add_products(with_model, 3)
    add_clients(with_model, 2)
    code, out, _ = await call(with_model, "--client", "--language", "ru")
    assert (code, len(described(with_model)), len(described(with_model, "client"))) == (0, 0, 2)
    assert "described 2, failed 0" in out
    assert jobs(with_model) == [("succeeded", None, 2, 0)]
    assert "tokens: 160 sent + 40 answered" in out
    assert "Russian" in model.requests[-1].body["messages"][0]["content"]


async def test_without_a_key_or_a_database_it_says_so_in_one_line_and_exits_with_2(settings: CatalogSettings) -> None:
    code, out, err = await call(settings)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "OPENAI_API_KEY is not set" in err
    nowhere = {"DATABASE_URL": f"postgresql://u:secret@127.0.0.1:{free_port()}/x", "OPENAI_API_KEY": "k"}
    code, out, err = await call(settings, **nowhere)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "the database does not answer" in err
    assert "secret" not in err


async def run(settings: CatalogSettings, *kinds: Entity, **options: Any) -> int:
    """The same within this process, which spares its start."""
    return await Command(
        settings, CommandOptions(kinds or (NOMENKLATURA, CLIENT), DescribeOptions(), 4, **options)
    ).run()


async def test_limit_counts_rows_of_both_kinds(with_model: CatalogSettings) -> None:
    add_products(with_model, 3)
    add_clients(with_model, 5)
    for products, clients in ((2, 0), (3, 1), (3, 3)):
        assert await run(with_model, limit=2) == 0
        assert (len(described(with_model)), len(described(with_model, "client"))) == (products, clients)


async def test_dry_run_shows_before_and_after(with_model: CatalogSettings, capsys: pytest.CaptureFixture[str]) -> None:
    add_products(with_model, 8)
    assert await run(with_model, dry_run=True, limit=5) == 0
    out = capsys.readouterr().out
    assert described(with_model) == {}
    assert "nomenklatura N1\n  before: (none)\n  after:  <p>Product 1 is good.</p>" in out
    assert "would describe 5, failed 0" in out


async def test_failed_row_is_named_and_the_exit_code_is_1(
    with_model: CatalogSettings, model: ChatServer, capsys: pytest.CaptureFixture[str]
) -> None:
    add_products(with_model, 3)
    model.reply = lambda request: text("" if request.name == "Product 2" else "<p>x</p>")
    assert await run(with_model) == 1
    assert len(described(with_model)) == 2
    assert "FAILED  nomenklatura N2: the answer was empty" in capsys.readouterr().out


async def test_project_narrows_and_must_exist(with_model: CatalogSettings) -> None:
    add_products(with_model, 3)
    sql(with_model, "insert into project (code_1c, name) values ('P', 'P')")
    sql(with_model, "update nomenklatura set project_id = (select id from project) where code_1c = 'N2'")
    assert await run(with_model, project="P") == 0
    assert set(described(with_model)) == {"Product 2"}
    with pytest.raises(RunStopped, match="no project with the code 'NOPE'"):
        await run(with_model, project="NOPE")


async def test_costs_need_a_price(with_model: CatalogSettings) -> None:
    with pytest.raises(RunStopped, match=r"price of gpt-3.5-turbo is not known"):
        await run(with_model, max_cost=1.0)
    priced = with_model.model_copy(update={"openai_input_price": 1.0, "openai_output_price": 1.0})
    add_products(with_model, 5)
    assert await run(priced, max_cost=0.0002) == 1
    assert len(described(with_model)) == 2
    assert jobs(with_model) == [("cancelled", OVER_BUDGET, 2, 0)]


async def test_refused_key_is_told_without_it(
    with_model: CatalogSettings, model: ChatServer, capsys: pytest.CaptureFixture[str]
) -> None:
    add_products(with_model, 1)
    model.reply = lambda _: failure(401)
    assert await run(with_model) == 2
    out = capsys.readouterr().out
    assert "stopped: the model's server refused OPENAI_API_KEY" in out
    assert "test-key" not in out


async def test_api_does_not_load_the_models_library() -> None:
    """It would take 40 MB of every process of the api and of the idle worker."""
    check = "import sys, catalog.main, catalog.worker, catalog.cli; sys.exit('openai' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", check)
    assert await process.wait() == 0
