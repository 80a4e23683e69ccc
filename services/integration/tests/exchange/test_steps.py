"""The steps of the exchange, as modules of 1C take them."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import pytest
from ecatalog.db.database import Database
from integration.exchange import answers

from ..builders import count
from .calling import Module, end_job, jobs


async def bytes_of(database: Database, name: str = "a.xml") -> bytes:
    """The newest file of a name."""
    rows = await database.fetch_rows(
        "select bytes from source_piece where file_id = (select max(id) from source_file where name = %(name)s)"
        " order by start", {"name": name},
    )  # fmt: skip
    return b"".join(bytes(piece) for (piece,) in rows)


async def test_init_names_the_size_of_parts(module: Module) -> None:
    assert await module.ask("init") == ["zip=yes", "file_limit=8388608"]
    assert await module.ask("init", kind="sale") == ["zip=yes", "file_limit=8388608"]


async def test_dialect_of_bitrix_repeats_its_sessid(module: Module, database: Database) -> None:
    await database.execute("update integration set exchange_dialect = 'bitrix'")
    word, _, module.cookie, sessid = await module.ask("checkauth")
    assert word == "success"
    assert sessid.startswith("sessid=")
    assert await module.ask("init", version="3.1") == ["zip=yes", "file_limit=8388608", sessid]


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("", "catalog"), ("nothing", "catalog"), ("query", "catalog"), ("file", "crm"), ("import", "reference"),
     ("init", "crm"), ("\n\0", "\n")],
)  # fmt: skip
async def test_other_modes_and_types_are_a_success_that_does_nothing(
    module: Module, database: Database, mode: str, kind: str
) -> None:
    assert await module.ask(mode, b"body", kind=kind, filename="a.xml") == ["success", answers.NOT_USED]
    assert await count(database, "source_set") == 0


async def test_orders_are_none(module: Module) -> None:
    declaration, document = await module.ask("query", kind="sale")
    assert declaration == '<?xml version="1.0" encoding="utf-8"?>'
    assert document.startswith("<КоммерческаяИнформация ")
    for mode in ("success", "file", "import", "info"):
        assert await module.ask(mode, b"x", kind="sale", filename="orders.xml") == ["success"]


async def test_answers_are_written_in_the_encoding_of_the_integration(module: Module, database: Database) -> None:
    await database.execute("update integration set exchange_encoding = 'windows-1251'")
    answer = await module.send("nothing")
    assert answer.headers["content-type"] == "text/plain; charset=windows-1251"
    assert answer.content == f"success\n{answers.NOT_USED}".encode("windows-1251")
    assert (await module.send("query", kind="sale")).content.startswith(
        b'<?xml version="1.0" encoding="windows-1251"?>'
    )


async def test_parts_of_a_name_are_laid_one_after_the_other(module: Module, database: Database) -> None:
    parts = [b"<" + b"a" * 2_500_000, b"", b"b" * 10, b"c" * 1_048_576]
    await module.file("a.xml", *parts)
    await module.file("b.xml", b"<b/>")
    assert await bytes_of(database) == b"".join(parts)
    assert await database.fetch_rows("select files, bytes, left_out from source_set") == [
        (2, sum(map(len, parts)) + 4, 0)
    ]


async def test_acknowledged_part_is_committed_and_a_refused_one_is_not_there(
    module: Module, database: Database
) -> None:
    await module.file("a.xml", b"<a>")
    assert await bytes_of(database) == b"<a>"  # read over another connection
    assert (await module.ask("file", b"x" * (16 * 1024**2 + 1), filename="a.xml"))[0] == "failure"
    assert await bytes_of(database) == b"<a>"


async def test_part_without_a_length(module: Module, database: Database) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 700_000

    answer = await module.send("file", pieces(), filename="a.xml")
    assert answer.content == b"success"
    assert len(await bytes_of(database)) == 2_100_000


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
async def test_name_may_be_in_either_encoding(module: Module, database: Database, encoding: str) -> None:
    name = "webdata/товары и цены.xml"
    sent = quote(name.encode(encoding)).replace("%20", "+")
    answer = await module.client.post(
        f"/1c/{module.integration}/?type=catalog&mode=file&filename={sent}", content=b"<a/>",
        headers={"Cookie": f"ecatalog_exchange={module.cookie}"},
    )  # fmt: skip
    assert answer.content == b"success"
    assert await bytes_of(database, name) == b"<a/>"
    assert (await module.ask("import", filename=name.replace("/", "\\")))[0] == "progress"


async def test_file_begins_anew_once_it_was_imported(module: Module, database: Database) -> None:
    await module.file("a.xml", b"<a>", b"</a>")
    assert (await module.ask("import", filename="a.xml"))[0] == "progress"
    await end_job(database, 1)
    assert (await module.ask("import", filename="a.xml"))[0] == "success"
    await module.file("a.xml", b"<b>", b"</b>")
    assert await bytes_of(database) == b"<b></b>"
    assert await database.fetch_rows("select files, bytes from source_set") == [(1, 7)]
    assert (await module.ask("import", filename="a.xml"))[0] == "progress"
    assert len(await jobs(database)) == 2


async def test_file_that_a_run_still_reads_stays_for_it(module: Module, database: Database) -> None:
    await module.file("a.xml", b"<a/>")
    await module.ask("import", filename="a.xml")
    await module.file("a.xml", b"<b/>")
    assert await database.fetch_rows("select name, size from source_file order by id") == [("a.xml", 4), ("a.xml", 4)]
    assert await bytes_of(database) == b"<b/>"


async def test_init_drops_what_was_half_received_of_this_session(
    client: httpx.AsyncClient, module: Module, database: Database
) -> None:
    other = await Module(client, module.integration).sign_in()
    await other.file("a.xml", b"<other/>")
    await module.file("a.xml", b"<a/>")
    await module.ask("import", filename="a.xml")
    await module.file("b.xml", b"<b>")
    await module.ask("init")
    assert await database.fetch_rows("select name, size from source_file order by id") == [("a.xml", 8), ("a.xml", 4)]
    assert await database.fetch_rows("select files, bytes from source_set order by id") == [(1, 8), (1, 4)]
    await module.file("b.xml", b"<b/>")
    assert await bytes_of(database, "b.xml") == b"<b/>"


async def test_new_session_has_a_set_of_its_own(client: httpx.AsyncClient, module: Module, database: Database) -> None:
    await module.file("a.xml", b"<a>")
    again = await Module(client, module.integration).sign_in()
    await again.ask("init")
    await again.file("a.xml", b"<a/>")
    assert await bytes_of(database) == b"<a/>"
    assert await count(database, "source_set") == 2


async def test_parts_that_come_at_once_are_all_kept(module: Module, database: Database) -> None:
    parts = [bytes([65 + number]) * 100_000 for number in range(8)]
    await asyncio.gather(*(module.file("a.xml", part) for part in parts))
    whole = await bytes_of(database)
    assert sorted(whole[at : at + 100_000] for at in range(0, 800_000, 100_000)) == parts
    assert await count(database, "source_file") == 1


async def test_pictures_are_counted_and_left(module: Module, database: Database) -> None:
    await module.file("import_files/bd/x.jpg", b"\xff\xd8" * 1000)
    await module.file("import_files/описание.pdf", b"%PDF")
    await module.file("a.xml", b"<a/>")
    assert await database.fetch_rows("select files, left_out, bytes from source_set") == [(3, 2, 4)]
    assert await count(database, "source_piece") == 1


async def test_paused_exchange_signs_in_and_is_told_why_nothing_goes_on(module: Module, database: Database) -> None:
    await module.file("a.xml", b"<a/>")
    await database.execute(
        "update integration set is_paused = true, paused_by = 5, pause_reason = 'stocktaking',"
        " paused_until = now() + interval '1 day'"
    )
    for mode in ("init", "file", "import"):
        word, sentence = await module.ask(mode, b"x", filename="a.xml")
        assert word == "failure"
        assert "Paused by user 5 until" in sentence
        assert sentence.endswith("stocktaking")
    assert (await module.ask("checkauth"))[0] == "success"
    assert await count(database, "job") == 0
    await database.execute("update integration set is_paused = false")
    module.cookie = (await module.ask("checkauth"))[2]
    await module.file("a.xml", b"<a/>")
    assert (await module.ask("import", filename="a.xml"))[0] == "progress"
    assert await count(database, "job") == 1
