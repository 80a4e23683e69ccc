import io
import zipfile

import pytest
from ecatalog.excel import zip_writer
from ecatalog.excel.zip_writer import ZipWriter


def archive() -> bytes:
    writer = ZipWriter()
    pieces = [writer.whole("small.xml", b"<small/>"), writer.begin("каталог/big.xml")]
    pieces += [writer.write(b"content %d " % number * 100) for number in range(300)]
    return b"".join([*pieces, writer.end(), writer.finish()])


CONTENT = b"".join(b"content %d " % number * 100 for number in range(300))


def test_an_archive_holds_what_was_written() -> None:
    read = zipfile.ZipFile(io.BytesIO(archive()))
    assert read.testzip() is None
    assert read.read("small.xml") == b"<small/>"
    assert read.read("каталог/big.xml") == CONTENT
    assert [entry.extract_version for entry in read.infolist()] == [20, 20]


@pytest.mark.parametrize("limit", [10_000, 30])
def test_an_entry_or_an_archive_past_the_limit_is_told_in_the_larger_form(
    monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    plain = archive()
    monkeypatch.setattr(zip_writer, "LIMIT", limit)
    large = archive()
    assert len(large) > len(plain)
    read = zipfile.ZipFile(io.BytesIO(large))
    assert read.testzip() is None
    assert read.read("каталог/big.xml") == CONTENT


def test_the_same_content_gives_the_same_archive() -> None:
    assert archive() == archive()
