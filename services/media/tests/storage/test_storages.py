"""Both kinds of storage keep the same promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from media.media_context import storage_of
from media.settings import MediaSettings
from media.storage import Missing, Storage, Unreachable

from .server import S3Server, away


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    settings = {"database_url": "postgresql://x@127.0.0.1/x", "media_folder": tmp_path / "media"}
    if request.param == "folder":
        yield storage_of(MediaSettings.model_validate(settings))
        return
    server = S3Server()
    s3 = {"s3_bucket": "bucket", "s3_endpoint": server.url, "s3_access_key": "key", "s3_secret_key": "secret"}
    yield storage_of(MediaSettings.model_validate(settings | s3))
    server.close()


async def put(storage: Storage, tmp_path: Path, key: str, body: bytes) -> None:
    prefix, _, name = key.rpartition("/")
    (tmp_path / name).write_bytes(body)
    await storage.put(prefix + "/", tmp_path, [name])


async def test_what_was_put_is_read_whole_and_in_parts(storage: Storage, tmp_path: Path) -> None:
    body = bytes(range(256)) * 10_000
    await put(storage, tmp_path, "ab/abcd/original", body)
    assert await storage.size("ab/abcd/original") == len(body)
    assert b"".join([piece async for piece in storage.read("ab/abcd/original", 0, len(body))]) == body
    assert b"".join([piece async for piece in storage.read("ab/abcd/original", 5, 9)]) == body[5:9]
    folder = tmp_path / "work"
    folder.mkdir()
    async with storage.local("ab/abcd/original", folder) as path:
        assert path.read_bytes() == body


async def test_what_was_put_again_is_the_newer(storage: Storage, tmp_path: Path) -> None:
    for body in (b"first", b"second"):
        await put(storage, tmp_path, "a/b/c", body)
    assert b"".join([piece async for piece in storage.read("a/b/c", 0, 6)]) == b"second"


async def test_what_is_not_there_is_missing(storage: Storage, tmp_path: Path) -> None:
    assert await storage.size("no/such/key") is None
    assert await storage.missing("no/such/", ["key", "other"]) == ["key", "other"]
    with pytest.raises(Missing):
        await anext(storage.read("no/such/key", 0, 1))
    with pytest.raises(Missing):
        async with storage.local("no/such/key", tmp_path):
            pass
    await storage.delete("no/such/")


async def test_store_that_does_not_answer_is_no_store_without_the_file(tmp_path: Path) -> None:
    storage = storage_of(away(tmp_path))
    (tmp_path / "c").write_bytes(b"x")
    with pytest.raises(Unreachable, match="S3"):
        await storage.size("a/b/c")
    with pytest.raises(Unreachable):
        await storage.put("a/b/", tmp_path, ["c"])
    with pytest.raises(Unreachable):
        await anext(storage.read("a/b/c", 0, 1))
    with pytest.raises(Unreachable):
        async with storage.local("a/b/c", tmp_path):
            pass


async def test_everything_is_listed_and_a_prefix_deleted(storage: Storage, tmp_path: Path) -> None:
    keys = {f"{one}/{two}/{name}" for one in ("aa", "ab") for two in ("aa1", "ab2") for name in ("original", "sm.jpg")}
    for key in keys:
        await put(storage, tmp_path, key, b"x")
    assert {stored.key async for stored in storage.everything()} == keys
    await storage.delete("aa/aa1/")
    assert {stored.key async for stored in storage.everything()} == {
        key for key in keys if not key.startswith("aa/aa1/")
    }


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/etc/passwd"])
async def test_no_key_leaves_the_folder(tmp_path: Path, key: str) -> None:
    settings = MediaSettings.model_validate({"database_url": "postgresql://x@127.0.0.1/x", "media_folder": tmp_path})
    with pytest.raises(ValueError, match="outside"):
        await storage_of(settings).size(key)
