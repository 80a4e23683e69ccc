"""Archives are read where they lie; what could harm is refused with the name of the member."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from integration.connectors.errors import Cause, SourceError
from integration.connectors.files import archive as archives
from integration.connectors.files import document as documents
from integration.connectors.files.archive import Archive
from integration.connectors.files.document import Document

CONTENT = "<КоммерческаяИнформация/>".encode()


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytearray:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return bytearray(file.getvalue())


def members(content: bytes | bytearray) -> dict[str, bytes]:
    return {one.name: b"".join(one.pieces()) for one in Archive(io.BytesIO(content)).documents()}


def refused(content: bytes | bytearray) -> SourceError:
    with pytest.raises(SourceError) as caught:
        members(content)
    return caught.value


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_read_by_name(method: int) -> None:
    held = {"import0_1.xml": CONTENT, "webdata/пусто.xml": b"", "import_files/bd/x.jpg": b"\xff\xd8" * 100_000}
    assert members(packed(held, method)) == held


def test_folders_are_no_files() -> None:
    assert members(packed({"webdata/": b"", "webdata/a.xml": CONTENT})) == {"webdata/a.xml": CONTENT}


@pytest.mark.parametrize("written", ["utf-8", "cp866"])
def test_names_are_in_utf8_or_cp866_without_saying_so(written: str) -> None:
    name = "товары.xml"
    content = packed({"x" * len(name.encode(written)): CONTENT})
    assert list(members(content.replace(b"x" * len(name.encode(written)), name.encode(written)))) == [name]


def test_a_member_may_be_read_again() -> None:
    (one,) = Archive(io.BytesIO(packed({"a.xml": CONTENT}))).documents()
    assert list(one.pieces()) == list(one.pieces()) == [CONTENT]


BAD_NAMES = [
    "../a.xml",
    "a/../../b.xml",
    "..",
    "a\\..\\b.xml",
    "/etc/passwd",
    "\\\\host\\a.xml",
    "C:\\a.xml",
    "c:a.xml",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    error = refused(packed({"a.xml": CONTENT, name: CONTENT}))
    assert error.cause is Cause.UNEXPECTED
    assert error.message == f'The member "{name}" of the archive has a name that leads out of the archive'


@pytest.mark.parametrize("name", ["a..xml", "...", "%2e%2e/a.xml", "a b.xml", "x" * 500, "CON", "~/a"])
def test_other_names_are_only_names(name: str) -> None:
    assert members(packed({name: CONTENT})) == {name: CONTENT}


def test_a_name_with_a_zero_is_refused() -> None:
    assert "leads out" in refused(packed({"a.xml_.jpg": CONTENT}).replace(b"a.xml_", b"a.xml\0")).message


def test_an_archive_in_an_archive_is_refused_by_name_and_by_content() -> None:
    inner = bytes(packed({"a.xml": CONTENT}))
    for name in ("b.ZIP", "b.xml"):
        assert refused(packed({name: inner})).message == f'The member "{name}" of the archive is an archive itself'


@pytest.mark.parametrize("flag", [0x1, 0x41])
def test_an_encrypted_member_is_refused(flag: int) -> None:
    content = packed({"a.xml": CONTENT})
    content[content.index(b"PK\x01\x02") + 8] |= flag
    assert refused(content).message == 'The member "a.xml" of the archive is encrypted'


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_unpacks_without_bounds_is_refused(method: int) -> None:
    assert "by a method that is not supported" in refused(packed({"a.xml": CONTENT}, method)).message


def test_a_bomb_is_refused_while_it_is_read() -> None:
    error = refused(packed({"a.xml": b"0" * 30_000_000}))
    assert error.cause is Cause.TOO_LARGE
    assert error.message == 'The member "a.xml" of the archive unpacks to more than 200 times its size'


def test_small_members_may_shrink_as_they_like() -> None:
    assert len(members(packed({"a.xml": b"0" * 10_000_000}))["a.xml"]) == 10_000_000


def test_a_member_that_lies_about_its_packed_size_is_counted_by_what_was_read() -> None:
    content = packed({"a.xml": b"0" * 30_000_000}) + b"x" * 1_000_000
    directory = content.index(b"PK\x01\x02")
    content = content[:directory] + b"x" * 1_000_000 + content[directory:-1_000_000]
    end = content.rindex(b"PK\x05\x06")
    struct.pack_into("<I", content, end + 16, directory + 1_000_000)
    struct.pack_into("<I", content, directory + 1_000_000 + 20, 1_000_000)
    assert "unpacks to more than 200 times" in refused(content).message


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    content = packed({"a.xml": CONTENT * 1000})
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 100)
    assert refused(content).cause is Cause.MALFORMED


@pytest.mark.parametrize("cut", [10, 200, 420])
def test_a_damaged_archive_is_refused(cut: int) -> None:
    content = packed({"a.xml": bytes(range(256)) * 20})
    assert refused(content[:cut]).message == "The archive cannot be opened"
    broken = bytearray(content)
    broken[60:80] = b"\xff" * 20
    assert refused(broken).message == 'The member "a.xml" of the archive cannot be read'


def test_sizes_and_numbers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = packed({f"{number}.xml": CONTENT for number in range(4)})
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    assert refused(content).message == "The archive holds more than 3 files"
    monkeypatch.setattr(archives, "MOST_MEMBERS", 4)
    monkeypatch.setattr(archives, "LARGEST_SET", 3 * len(CONTENT))
    assert "The archive holds more than" in refused(content).message
    monkeypatch.setattr(documents, "LARGEST_FILE", len(CONTENT) - 1)
    assert 'The file "0.xml" is larger than' in refused(content).message


def test_a_directory_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LARGEST_DIRECTORY", 100_000)
    content = packed({"x" * 60_000 + str(number): b"" for number in range(2)})
    assert refused(content).message == "The archive has a directory that is too large"


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    members(packed({"a.xml": CONTENT, "b/c.xml": CONTENT}))
    assert list(tmp_path.iterdir()) == []


def test_a_plain_file_is_a_document_as_well(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(CONTENT * 10_000)
    one = Document("a.xml", lambda: path.open("rb"))
    assert b"".join(one.pieces()) == CONTENT * 10_000
    assert max(map(len, one.pieces())) <= documents.PIECE
