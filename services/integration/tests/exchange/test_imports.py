"""A step ``import`` makes one run a file, waits for it, and says how it goes on."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from ecatalog.db.database import Database
from ecatalog.http import middleware
from integration.exchange import answers, imports

from ..builders import count
from ..connectors.files.test_archive import packed
from .calling import Module, end_job, jobs

FIRST, SECOND = b"<a>first</a>", b"<a>second</a>"


async def test_import_makes_the_run_of_a_file(module: Module, database: Database) -> None:
    await module.file("import0_1.xml", FIRST)
    assert await module.ask("import", filename="import0_1.xml") == ["progress", "Файл ждёт своей очереди"]
    ((file_id, set_id),) = await database.fetch_rows("select id, set_id from source_file")
    (job,) = await jobs(database)
    assert job == {
        "id": 1, "locks": ["products:1:1", "clients:1:1"], "integration_id": 1, "sync_type": "nomenklatura",
        "started_by": "exchange", "streams": [], "mode": "full", "set_id": set_id, "file_ids": [file_id],
        "member": None, "is_dry_run": False,
    }  # fmt: skip
    assert await count(database, "outbox where type ~ 'sync.changed'") == 1


async def test_base_of_several_integrations_has_one_lock(module: Module, database: Database) -> None:
    await database.execute("update integration set base = 'main'")
    await module.file("a.xml", FIRST)
    await module.ask("import", filename="a.xml")
    assert (await jobs(database))[0]["locks"] == ["products:1:main", "clients:1:main"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("status = 'todo'", "Файл ждёт своей очереди"),
        ("status = 'doing'", "Файл читается"),
        ("status = 'doing', total = 100000, processed = 31000", "Обработано строк: 31 000 из 100 000"),
    ],
)
async def test_progress_says_how_far_the_run_is(module: Module, database: Database, change: str, sentence: str) -> None:
    await module.file("a.xml", FIRST)
    await module.ask("import", filename="a.xml")
    await database.execute(f"update job set {change}")  # noqa: S608 - of this list
    word, said = await module.ask("import", filename="a.xml")
    assert (word, said.replace("\N{NO-BREAK SPACE}", " ")) == ("progress", sentence)


async def test_success_has_the_numbers_and_the_address_of_the_report(module: Module, database: Database) -> None:
    await module.file("a.xml", FIRST)
    await module.ask("import", filename="a.xml")
    await end_job(database, 1, total=3)
    ((task_id,),) = await database.fetch_rows("select task_id from job")
    expected = [
        "success",
        "Загружено строк: 3 из 3; создано 3, обновлено 0, без изменений 0, пропущено 0, с ошибками 0",
        f"http://testserver/api/v1/integration/sync/status/{task_id}/",
    ]
    assert await module.ask("import", filename="a.xml") == expected
    assert await module.ask("import", filename="a.xml") == expected
    await module.ask("complete")
    assert await module.ask("import", filename="a.xml") == expected
    assert len(await jobs(database)) == 1


@pytest.mark.parametrize("status", ["failed", "cancelled"])
async def test_failure_has_the_sentence_of_the_run(module: Module, database: Database, status: str) -> None:
    await module.file("a.xml", FIRST)
    await module.ask("import", filename="a.xml")
    await end_job(database, 1, status, "a.xml is cut off\nsecond line")
    for _ in range(2):
        assert await module.ask("import", filename="a.xml") == ["failure", "a.xml is cut off"]


async def test_step_waits_for_the_end_and_no_longer_than_it_may(
    module: Module, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(imports, "WAIT_SECONDS", 1.0)
    monkeypatch.setattr(middleware, "SLOW_SECONDS", 0.9)
    await module.file("a.xml", FIRST)
    began = time.monotonic()
    assert (await module.ask("import", filename="a.xml"))[0] == "progress"
    assert 1.0 <= time.monotonic() - began < 3.0
    assert "slow" not in caplog.text
    monkeypatch.setattr(imports, "WAIT_SECONDS", 20.0)
    step = asyncio.create_task(module.ask("import", filename="a.xml"))
    await asyncio.sleep(0.3)
    await end_job(database, 1)
    assert (await asyncio.wait_for(step, 5))[0] == "success"


async def test_steps_at_once_make_one_run(module: Module, database: Database) -> None:
    await module.file("a.xml", FIRST)
    said = await asyncio.gather(*(module.ask("import", filename="a.xml") for _ in range(6)))
    assert {word for word, *_ in said} == {"progress"}
    assert len(await jobs(database)) == 1


async def test_name_that_did_not_come_is_a_failure_with_those_that_did(module: Module) -> None:
    assert await module.ask("import", filename="a.xml") == ["failure", answers.NO_FILES]
    await module.file("b.xml", FIRST)
    await module.file("c.xml", FIRST)
    assert await module.ask("import", filename="a.xml") == [
        "failure",
        "Файла a.xml в этом обмене нет; есть: b.xml, c.xml",
    ]


def archive(**members: bytes) -> bytes:
    return bytes(packed({name.replace("_xml", ".xml"): content for name, content in members.items()}, 0))


async def test_archive_comes_in_parts_and_its_members_are_imported_by_name(module: Module, database: Database) -> None:
    whole = bytes(packed({"webdata/import0_1.xml": FIRST, "offers0_1.xml": SECOND, "import_files/x.jpg": b"x" * 5000}))
    await module.file("v8_1A76.zip", whole[:100], whole[100:150])
    word, sentence = await module.ask("import", filename="offers0_1.xml")
    assert (word, sentence) == ("failure", "The archive cannot be opened")
    await module.file("v8_1A76.zip", whole[150:])
    for name in ("webdata/import0_1.xml", "offers0_1.xml"):
        assert (await module.ask("import", filename=name))[0] == "progress"
    assert [(job["file_ids"], job["member"]) for job in await jobs(database)] == [
        ([1], "webdata/import0_1.xml"), ([1], "offers0_1.xml"),
    ]  # fmt: skip
    word, sentence = await module.ask("import", filename="prices.xml")
    assert word == "failure"
    assert "offers0_1.xml, v8_1A76.zip, webdata/import0_1.xml" in sentence
    assert "x.jpg" not in sentence


async def test_newest_archive_that_has_a_member_counts(module: Module, database: Database) -> None:
    for number, content in enumerate((FIRST, SECOND), start=1):
        await module.file(f"v8_{number}.zip", archive(a_xml=content))
        assert (await module.ask("import", filename="a.xml"))[0] == "progress"
        await end_job(database, number)
        assert (await module.ask("import", filename="a.xml"))[0] == "success"
    assert [job["file_ids"] for job in await jobs(database)] == [[1], [2]]


async def test_archive_may_be_imported_as_a_whole(module: Module, database: Database) -> None:
    await module.file("all.zip", archive(a_xml=FIRST))
    assert (await module.ask("import", filename="all.zip"))[0] == "progress"
    assert [(job["file_ids"], job["member"]) for job in await jobs(database)] == [([1], None)]


async def test_member_of_another_session_is_not_found(
    client: httpx.AsyncClient, module: Module, database: Database
) -> None:
    await module.file("all.zip", archive(a_xml=FIRST))
    other = await Module(client, module.integration).sign_in()
    await other.file("b.xml", SECOND)
    assert (await other.ask("import", filename="a.xml"))[0] == "failure"
    assert await count(database, "job") == 0


async def test_two_sessions_have_runs_that_wait_for_each_other(
    client: httpx.AsyncClient, module: Module, database: Database
) -> None:
    other = await Module(client, module.integration).sign_in()
    for one in (module, other):
        await one.file("a.xml", FIRST)
        await one.ask("import", filename="a.xml")
    first, second = await jobs(database)
    assert first["locks"] == second["locks"]
    await end_job(database, first["id"])
    assert (await module.ask("import", filename="a.xml"))[0] == "success"
    assert (await other.ask("import", filename="a.xml"))[0] == "progress"


async def state(database: Database) -> list[tuple[Any, ...]]:
    sql = "select closed_at is not null, outcome, missing from source_set order by id"
    return await database.fetch_rows(sql)


async def add_snapshot(database: Database, *keys: str, seen: str) -> None:
    await database.execute(
        "insert into source_record (integration_id, stream, key, scope, hash, is_stand_in, is_deleted, groups)"
        " select 1, 'nomenklatura', key, 'K', '', false, false, '{}' from unnest(%(keys)s::text[]) key",
        {"keys": list(keys)},
    )
    await database.execute(
        "insert into source_snapshot (integration_id, stream, is_stale, mapping_version, project_id, base)"
        " values (1, 'nomenklatura', false, 1, 1, '1')"
    )
    await database.execute(
        "insert into sync_stream (job_id, stream, total, processed, complete)"
        " select id, 'nomenklatura', 2, 2, 'yes' from job"
    )
    await database.execute(
        "insert into seen_key (set_id, stream, scope, key) select id, 'nomenklatura', 'K', %(key)s from source_set",
        {"key": seen},
    )


async def test_deactivate_says_what_did_not_come_and_complete_closes_the_set(
    module: Module, database: Database
) -> None:
    await module.file("a.xml", FIRST)
    assert await module.ask("deactivate") == ["success", answers.UNFINISHED]
    await module.ask("import", filename="a.xml")
    assert await module.ask("deactivate") == ["success", answers.UNFINISHED]
    await end_job(database, 1)
    await add_snapshot(database, "1", "2", "3", seen="2")
    said = ["success", "Товаров этого каталога не пришло: 2; ничего не изменено"]
    assert await module.ask("deactivate", timestamp="1") == said
    assert await module.ask("deactivate") == said
    assert await module.ask("complete") == ["success"]
    assert await state(database) == [(True, "succeeded", 2)]
    assert await count(database, "seen_key") == 0
    assert await module.ask("complete") == ["success"]
    assert (await module.ask("deactivate"))[0] == "success"


async def test_set_of_which_a_file_failed_is_never_complete(module: Module, database: Database) -> None:
    for name in ("a.xml", "b.xml"):
        await module.file(name, FIRST)
        await module.ask("import", filename=name)
    await end_job(database, 1)
    await end_job(database, 2, "failed", "cut off")
    await add_snapshot(database, "1", "2", seen="1")
    assert await module.ask("deactivate") == ["success", answers.UNFINISHED]
    assert await module.ask("complete") == ["success"]
    assert await state(database) == [(True, "failed", None)]


async def test_file_that_failed_and_came_again_is_forgiven(module: Module, database: Database) -> None:
    await module.file("a.xml", FIRST)
    await module.ask("import", filename="a.xml")
    await end_job(database, 1, "failed", "cut off")
    await module.file("a.xml", SECOND)
    await module.ask("import", filename="a.xml")
    await end_job(database, 2)
    await module.ask("complete")
    assert await state(database) == [(True, "succeeded", 0)]


async def test_set_with_a_file_that_nobody_imported_is_left(module: Module, database: Database) -> None:
    await module.file("a.zip", archive(a_xml=FIRST, b_xml=SECOND))
    await module.ask("import", filename="a.xml")
    await end_job(database, 1)
    await module.ask("complete")
    assert await state(database) == [(True, "left", None)]


async def test_complete_while_a_run_works_leaves_the_end_to_the_worker(module: Module, database: Database) -> None:
    await module.file("a.xml", FIRST)
    await module.ask("import", filename="a.xml")
    assert await module.ask("complete") == ["success"]
    assert await state(database) == [(True, None, None)]


async def test_next_file_of_a_session_whose_set_is_closed_begins_another(module: Module, database: Database) -> None:
    await module.file("a.xml", FIRST)
    await module.ask("import", filename="a.xml")
    await end_job(database, 1)
    await module.ask("complete")
    await module.file("a.xml", SECOND)
    assert await count(database, "source_set") == 2
    assert (await module.ask("import", filename="a.xml"))[0] == "progress"
    assert len(await jobs(database)) == 2
