"""What a stranger with the password could send: it is answered by a sentence, and harms nobody."""

from collections.abc import Callable

import pytest
from ecatalog.db.database import Database
from integration.exchange import answers
from integration.files.limits import Excess

from ..builders import count
from ..connectors.files.test_archive import packed
from ..files.test_names import KEPT, REFUSED
from ..files.test_reading import encrypted
from .calling import Module, end_job

SENDABLE = [name for name in REFUSED if name.isprintable() or "\0" in name or "\n" in name]


@pytest.mark.parametrize("name", SENDABLE)
async def test_name_that_leads_out_writes_nothing(module: Module, database: Database, name: str) -> None:
    for mode in ("file", "import"):
        assert await module.ask(mode, b"<a/>", filename=name) == ["failure", answers.EXCESSES[Excess.NAME]]
    assert await count(database, "source_set") == 0
    await module.file("a.xml", b"<a/>")


@pytest.mark.parametrize("name", [name for name in KEPT if name.isprintable()])
async def test_other_names_stay_in_their_set(module: Module, database: Database, name: str) -> None:
    assert await module.ask("file", b"<a/>", filename=name) == ["success"]
    assert await database.fetch_rows("select id, files from source_set") == [(1, 1)]


ARCHIVES: dict[str, tuple[Callable[[], bytearray | bytes], str]] = {
    "archive in an archive": (
        lambda: packed({"a.xml": b"<a/>", "b.zip": b"PK"}),
        'The member "b.zip" of the archive is',
    ),
    "encrypted": (encrypted, 'The member "a.xml" of the archive is encrypted'),
    "climbing": (lambda: packed({"../a.xml": b"<a/>"}), 'The member "../a.xml" of the archive has a name that leads'),
    "half": (lambda: packed({"a.xml": bytes(range(256)) * 9})[:150], "The archive cannot be opened"),
}


@pytest.mark.parametrize("what", ARCHIVES)
async def test_archive_that_is_refused_is_told_and_the_next_one_works(
    module: Module, database: Database, what: str
) -> None:
    make, sentence = ARCHIVES[what]
    await module.file("bad.zip", bytes(make()))
    for _ in range(2):
        word, said = await module.ask("import", filename="a.xml")
        assert (word, said[: len(sentence)]) == ("failure", sentence)
    await module.sign_in()
    await module.file("good.zip", bytes(packed({"a.xml": b"<a/>"})))
    assert (await module.ask("import", filename="a.xml"))[0] == "progress"
    await end_job(database, 1)
    assert (await module.ask("import", filename="a.xml"))[0] == "success"


async def test_set_above_the_limit_of_storage_is_a_failure_and_the_next_exchange_works(
    module: Module, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.files.limits.StorageLimits.share_of_disk", lambda _: 1000)
    await module.file("a.xml", bytes(900))
    assert await module.ask("file", bytes(101), filename="a.xml") == ["failure", answers.EXCESSES[Excess.DISK]]
    assert await database.fetch_rows("select kind from source_alarm where cleared_at is null") == [("storage",)]
    await database.execute("update source_set set ended_at = now(), outcome = 'left'")  # the worker's next look
    await module.sign_in()
    await module.file("a.xml", bytes(500), bytes(500))
    assert (await module.ask("import", filename="a.xml"))[0] == "progress"


@pytest.mark.parametrize(
    "query",
    [
        b"", b"&&&=&=", b"mode", b"mode=file", b"mode=file&filename=", b"mode=file&filename=%", b"mode=%ff%fe",
        b"mode=file&filename=%00", b"type=" + b"a" * 5000, b"mode=init&mode=file&filename=a.xml",
    ],
)  # fmt: skip
async def test_strange_address_is_answered_by_a_word(module: Module, query: bytes) -> None:
    answer = await module.client.post(
        f"/1c/{module.integration}/?" + query.decode("latin-1"), content=b"<a/>",
        headers={"Cookie": f"ecatalog_exchange={module.cookie}"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert answer.content.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0] in {b"success", b"failure"}
