"""Whole exchanges with a worker: sent plain, packed or with the bad habits of modules, they end in one state."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.testing.client import until
from integration.exchange import imports
from integration.settings import IntegrationSettings
from integration.worker import create

from ..builders import count
from ..catalog import CatalogWorker
from ..connectors.files.test_archive import packed
from ..files.test_reading import HOSTILE
from ..runs.writing import clients, groups, products, whole
from .calling import Module, jobs

FILES = {
    "import0_1.xml": whole(products(range(12)), before=groups()).encode(),
    "import0_2.xml": whole(products(range(12, 20))).encode(),
    "contractors.xml": clients(range(5)).encode(),
}
STATE = "select stream, key, code, is_deleted, labels from source_record order by stream, key"


@pytest.fixture(autouse=True)
async def worker(settings: IntegrationSettings, catalog_worker: CatalogWorker, integration: int) -> AsyncIterator[int]:
    """Works at the runs of the integration."""
    assert catalog_worker.open.is_set()
    async with create(settings).working():
        yield integration


@pytest.fixture(autouse=True)
def patient(impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it is undone
    monkeypatch.setattr(imports, "WAIT_SECONDS", 1.0)


def parts(content: bytes) -> list[bytes]:
    third = len(content) // 3 + 1
    return [content[at : at + third] for at in range(0, len(content), third)]


async def imported(module: Module, name: str) -> list[str]:
    """The last answer of an import: 1C asks again as long as it is told to."""
    async with asyncio.timeout(60):
        while (said := await module.ask("import", filename=name))[0] == "progress":
            pass
    return said


async def exchange(module: Module, *, zipped: bool = False, files: Mapping[str, bytes] = FILES) -> list[str]:
    """An exchange from its beginning to its end; returns what ``deactivate`` was answered."""
    await module.sign_in()
    await module.ask("init")
    sent = {"v8_1A76.zip": bytes(packed(dict(files)))} if zipped else files
    for name, content in sent.items():
        await module.file(name, *parts(content))
    for name in files:
        assert (await imported(module, name))[0] == "success"
    said = await module.ask("deactivate")
    assert await module.ask("complete") == ["success"]
    return said


async def rows(database: Database, catalog: CatalogWorker) -> Any:
    return await database.fetch_rows(STATE), sorted(map(str, catalog.keyed.rows))


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "packed"])
async def test_exchange_brings_what_1c_has(
    client: httpx.AsyncClient, integration: int, database: Database, catalog_worker: CatalogWorker, zipped: bool
) -> None:
    module = Module(client, integration)
    said = await exchange(module, zipped=zipped)
    assert said == ["success", "Товаров этого каталога не пришло: 0; ничего не изменено"]
    first = await rows(database, catalog_worker)
    assert await database.fetch_rows("select stream, count(*) from source_record group by 1 order by 1") == [
        ("clients", 5), ("nomenklatura", 20),
    ]  # fmt: skip
    assert await database.fetch_rows("select outcome, missing from source_set") == [("succeeded", 0)]
    await exchange(module, zipped=not zipped)
    assert await rows(database, catalog_worker) == first
    less = FILES | {"import0_2.xml": whole(products(range(12, 17))).encode()}
    assert (await exchange(module, files=less))[1].startswith("Товаров этого каталога не пришло: 3;")


async def test_answer_of_an_import_has_its_numbers(client: httpx.AsyncClient, integration: int) -> None:
    module = await Module(client, integration).sign_in()
    await module.file("a.xml", FILES["import0_1.xml"])
    word, numbers, report = await imported(module, "a.xml")
    assert (word, numbers) == (
        "success", "Загружено строк: 12 из 12; создано 12, обновлено 0, без изменений 0, пропущено 0, с ошибками 0",
    )  # fmt: skip
    assert report.startswith("http://testserver/api/v1/integration/sync/status/")
    await module.file("b.xml", FILES["import0_1.xml"][:-100])
    word, sentence = await imported(module, "b.xml")
    assert word == "failure"
    assert "b.xml" in sentence


async def test_habits_of_modules_change_nothing(
    client: httpx.AsyncClient, integration: int, database: Database, catalog_worker: CatalogWorker
) -> None:
    await exchange(Module(client, integration))
    undisturbed = await rows(database, catalog_worker)
    broken = await Module(client, integration).sign_in()
    await broken.file("import0_1.xml", parts(FILES["import0_1.xml"])[0])  # and it begins anew in the same session
    await exchange(broken)
    assert await rows(database, catalog_worker) == undisturbed
    forgetful = await Module(client, integration).sign_in()
    forgetful.cookie = ""
    for name, content in FILES.items():
        await forgetful.file(name, content)
        said = await imported(forgetful, name)
        assert said[0] == "success"
        assert await imported(forgetful, name) == said  # an import repeated
    silent = await Module(client, integration).sign_in()
    silent.sends_login = False
    for name, content in FILES.items():
        await silent.file(name, content)
        assert (await imported(silent, name))[0] == "success"
    assert await rows(database, catalog_worker) == undisturbed
    await database.execute("update source_set set used_at = used_at - interval '11 minutes'")
    await database.execute("update exchange_session set used_at = used_at - interval '11 minutes'")

    async def all_ended() -> bool:
        return not await count(database, "source_set where outcome is null")

    await until(all_ended)
    assert await rows(database, catalog_worker) == undisturbed


async def test_two_sessions_at_once_end_in_the_state_of_one(
    client: httpx.AsyncClient, integration: int, database: Database, catalog_worker: CatalogWorker
) -> None:
    await exchange(Module(client, integration))
    undisturbed = await rows(database, catalog_worker)
    await asyncio.gather(*(exchange(Module(client, integration), zipped=zipped) for zipped in (False, True)))
    assert await rows(database, catalog_worker) == undisturbed
    assert len(await jobs(database)) == 9


@pytest.mark.parametrize("what", ["bomb", "lying member", "document type", "10,000 deep", "cut off", "no XML"])
async def test_what_could_harm_fails_with_a_sentence_and_the_next_exchange_works(
    client: httpx.AsyncClient, integration: int, database: Database, catalog_worker: CatalogWorker, what: str
) -> None:
    make, sentence = HOSTILE[what]
    content = bytes(make())
    name = "v8.zip" if content.startswith(b"PK") else "import0_1.xml"
    module = await Module(client, integration).sign_in()
    await module.file(name, *parts(content))
    word, said = await imported(module, name)
    assert word == "failure"
    assert sentence in said
    assert (await module.ask("complete"))[0] == "success"
    assert await rows(database, catalog_worker) == ([], [])
    await exchange(module)
    assert await database.fetch_value("select count(*) from source_record") == 25
