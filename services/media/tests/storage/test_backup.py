"""The files of a backup, from either kind of storage into either."""

from pathlib import Path

import pytest
from media.backup import BACKUP
from media.media_context import storage_of
from media.settings import MediaSettings

from .server import S3Server

BODIES = {"ab/abcd/original": b"x" * 2_000_000, "ab/abcd/thumbnail.jpg": b"small", "cd/cdef/original": b""}


def settings(folder: Path, server: S3Server | None) -> MediaSettings:
    s3 = (
        {"s3_bucket": "bucket", "s3_endpoint": server.url, "s3_access_key": "key", "s3_secret_key": "secret"}
        if server
        else {}
    )
    own = {"database_url": "postgresql://x@127.0.0.1/x", "media_folder": folder}
    return MediaSettings.model_validate(own | s3)


@pytest.mark.parametrize(("source", "target"), [("folder", "folder"), ("s3", "folder"), ("folder", "s3")])
async def test_files_are_the_same_afterwards_and_nothing_is_left_over(source: str, target: str, tmp_path: Path) -> None:
    servers = {name: S3Server() if name == "s3" else None for name in (source, target)}
    here, there = settings(tmp_path / "here", servers[source]), settings(tmp_path / "there", servers[target])
    for key, body in BODIES.items():
        prefix, _, name = key.rpartition("/")
        (tmp_path / name).write_bytes(body)
        await storage_of(here).put(prefix + "/", tmp_path, [name])
    assert BACKUP.save_files is not None
    assert BACKUP.load_files is not None
    assert await BACKUP.save_files(here, tmp_path / "saved") == 3
    for _ in range(2):  # what is there already is left alone
        assert await BACKUP.load_files(there, tmp_path / "saved") == 3
    storage = storage_of(there)
    assert {stored.key async for stored in storage.everything()} == BODIES.keys()
    for key, body in BODIES.items():
        assert b"".join([piece async for piece in storage.read(key, 0, len(body))]) == body
    assert list(there.scratch.iterdir()) == []
    for server in servers.values():
        if server is not None:
            server.close()
