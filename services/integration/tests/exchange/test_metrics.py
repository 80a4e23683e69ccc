"""Metrics of the exchange move, and hold no words of clients."""

import httpx
from ecatalog.db.database import Database

from .calling import Module


async def value(client: httpx.AsyncClient, line: str) -> float:
    text = (await client.get("/metrics")).text
    return sum(float(one.rpartition(" ")[2]) for one in text.splitlines() if one.startswith(line))


async def test_steps_are_counted_by_what_they_are_answered(client: httpx.AsyncClient, module: Module) -> None:
    names = {
        "init": 'exchange_answers_total{answer="success",mode="init"}',
        "file": 'exchange_answers_total{answer="failure",mode="file"}',
        "import": 'exchange_answers_total{answer="failure",mode="import"}',
        "made up": 'exchange_answers_total{answer="success",mode="other"}',
    }
    before = {mode: await value(client, name) for mode, name in names.items()}
    for mode in names:
        await module.send(mode, b"x", filename="..")
    assert {mode: await value(client, name) - before[mode] for mode, name in names.items()} == dict.fromkeys(names, 1)
    refused = 'exchange_answers_total{answer="unauthorized",mode="checkauth"}'
    already = await value(client, refused)
    module.password = "wrong"
    await module.send("checkauth")
    assert await value(client, refused) == already + 1
    assert "made up" not in (await client.get("/metrics")).text


async def test_bytes_that_are_kept(client: httpx.AsyncClient, module: Module, database: Database) -> None:
    await module.file("a.xml", bytes(1000))
    await module.file("x.jpg", bytes(1000))
    assert await value(client, "source_files_bytes") == 1000
    await database.execute("delete from source_set")
    assert await value(client, "source_files_bytes") == 0
