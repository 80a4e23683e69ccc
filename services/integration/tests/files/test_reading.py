"""Files are read out of their pieces by a thread, plain or in an archive; what could harm is refused within bounds."""

import io
import struct
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from ecatalog.db.database import Database
from integration.connectors.commerceml import CommerceMLSource
from integration.connectors.errors import SourceError
from integration.connectors.files.opening import OpenedFiles
from integration.files.reading import PieceFile, StoredFile, member_names, opened_files
from integration.settings import IntegrationSettings

from ..connectors.commerceml.building import catalogue, file, good
from ..connectors.files.test_archive import packed
from .storing import Stored, store

SECONDS = 5.0


@pytest.fixture
async def stored(database: Database) -> Stored:
    return Stored(database)


def contents(opened: OpenedFiles) -> dict[str, bytes]:
    return {one.name: b"".join(one.pieces()) for one in opened.documents}


async def test_pieces_are_read_in_their_order(stored: Stored, settings: IntegrationSettings) -> None:
    first, second = b"<a>" + bytes(range(256)) * 10_000, b"<b/>"
    ids = [await stored.add("a.xml", first, second), await stored.add("b.xml", second)]
    with opened_files(settings.dsn, ids) as opened:
        assert contents(opened) == {"a.xml": first + second, "b.xml": second}
        assert contents(opened) == {"a.xml": first + second, "b.xml": second}  # as often as wanted
    with opened_files(settings.dsn, ids[::-1]) as opened:
        assert [one.name for one in opened.documents] == ["b.xml", "a.xml"]


async def test_file_is_read_at_any_position(stored: Stored, settings: IntegrationSettings) -> None:
    whole = bytes(range(251)) * 10_000
    file_id = await stored.add("a.xml", whole)
    with psycopg.connect(settings.dsn, autocommit=True) as connection:
        one = PieceFile(connection, StoredFile(file_id, "a.xml", len(whole), is_archive=False))
        model = io.BytesIO(whole)
        for offset, whence, size in [
            (0, 0, 10), (-100, 2, 200), (1_048_570, 0, 20), (5, 1, 3), (-7, 1, 1), (0, 2, 5), (10, 2, 5), (0, 0, 2**31),
            (1_048_576, 0, 1_048_577), (3, 0, -1), (0, 0, 0),
        ]:  # fmt: skip
            assert (one.seek(offset, whence), one.read(size)) == (model.seek(offset, whence), model.read(size))
            assert one.tell() == model.tell()


async def test_archive_gives_its_documents_and_names_the_others(stored: Stored, settings: IntegrationSettings) -> None:
    held = {"webdata/import.xml": b"<a/>" * 500_000, "offers.XML": b"<b/>", "import_files/x.jpg": bytes(3_000_000)}
    file_id = await stored.add("all.bin", bytes(packed(held, 0)))
    with opened_files(settings.dsn, [file_id]) as opened:
        assert contents(opened) == {name: held[name] for name in ("webdata/import.xml", "offers.XML")}
        assert opened.others == ["import_files/x.jpg"]
    with opened_files(settings.dsn, [file_id], "offers.XML") as opened:
        assert contents(opened) == {"offers.XML": b"<b/>"}
    assert member_names(settings.dsn, file_id) == list(held)


async def test_what_is_not_there_is_said(stored: Stored, settings: IntegrationSettings, database: Database) -> None:
    file_id = await stored.add("all.zip", bytes(packed({"a.xml": b"<a/>"})))
    with pytest.raises(SourceError, match="no XML file"), opened_files(settings.dsn, [file_id], "b.xml"):
        pass
    with pytest.raises(SourceError, match="not kept any more"), opened_files(settings.dsn, [file_id, 99]):
        pass
    await database.execute("delete from source_piece")
    with pytest.raises(SourceError), opened_files(settings.dsn, [file_id]):
        pass


async def test_file_that_goes_while_it_is_read_is_a_sentence(
    stored: Stored, settings: IntegrationSettings, database: Database
) -> None:
    file_id = await stored.add("a.xml", bytes(3_000_000))
    with opened_files(settings.dsn, [file_id]) as opened:
        pieces = opened.documents[0].pieces()
        next(pieces)
        await database.execute("delete from source_set")
        with pytest.raises(SourceError, match="not kept any more"):
            list(pieces)


async def test_reading_does_not_write(stored: Stored, settings: IntegrationSettings) -> None:
    file_id = await stored.add("a.xml", b"<a/>")
    with opened_files(settings.dsn, [file_id]) as opened:
        (one,) = opened.documents
        connection = one.open.args[0]  # type: ignore[attr-defined]  # a partial
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("delete from source_piece")


async def test_large_file_is_read_in_little_memory(stored: Stored, settings: IntegrationSettings) -> None:
    file_id = await stored.add("a.xml", bytes(40_000_000))
    tracemalloc.start()
    try:
        with opened_files(settings.dsn, [file_id]) as opened:
            assert sum(map(len, opened.documents[0].pieces())) == 40_000_000
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def encrypted() -> bytes:
    content = packed({"a.xml": b"<a/>"})
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying() -> bytes:
    content = packed({"a.xml": b"<a/>" * 1000})
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 100)
    return bytes(content)


def many_empty_elements() -> Iterator[bytes]:
    yield file("|").partition("|")[0].encode()
    for _ in range(500):
        yield b"<a/>" * 10_000


HOSTILE: dict[str, tuple[Callable[[], Any], str]] = {
    "bomb": (lambda: packed({"a.xml": b"0" * 30_000_000}), "unpacks to more than 200 times its size"),
    "archive in an archive": (lambda: packed({"b.zip": bytes(packed({"a.xml": b"<a/>"}))}), "is an archive itself"),
    "archive in disguise": (lambda: packed({"b.xml": bytes(packed({"a.xml": b"<a/>"}))}), "is an archive itself"),
    "encrypted": (encrypted, "is encrypted"),
    "lying member": (lying, "cannot be read"),
    "climbing member": (lambda: packed({"../a.xml": b"<a/>"}), "leads out of the archive"),
    "half an archive": (lambda: packed({"a.xml": bytes(range(256)) * 50})[:200], "cannot be opened"),
    "document type": (lambda: b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "holds a DOCTYPE"),
    "entities": (lambda: file("&lol;").encode(), ""),
    "10,000 deep": (lambda: file("<a>" * 10_000 + "</a>" * 10_000).encode(), "depth"),
    "5 million empty elements": (lambda: b"".join(many_empty_elements()), "4,000,000 elements"),
    "cut off": (lambda: file(catalogue(good("1")))[:-40].encode(), ""),
    "no XML": (lambda: b"\x89PNG\r\n" + bytes(1000), ""),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_could_harm_is_refused_by_a_sentence_within_bounds(
    stored: Stored, settings: IntegrationSettings, name: str
) -> None:
    make, sentence = HOSTILE[name]
    file_id = await stored.add("a.xml", bytes(make()))
    began = time.process_time()  # other tests run meanwhile
    with pytest.raises(SourceError) as caught, opened_files(settings.dsn, [file_id]) as opened:
        async for _ in CommerceMLSource(opened.documents).read(("nomenklatura",)):
            pass
    assert time.process_time() - began < SECONDS
    assert sentence in caught.value.message
    after = await stored.add("b.xml", file(catalogue(good("1"))).encode())
    with opened_files(settings.dsn, [after]) as opened:
        batches = [batch async for batch in CommerceMLSource(opened.documents).read(("nomenklatura",))]
    assert sum(len(batch.records) for batch in batches) == 1


async def test_stored_helper_is_what_the_exchange_does(database: Database) -> None:
    assert await store(database, {"a.xml": b"<a/>"}) == [1]
