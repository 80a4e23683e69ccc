import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from deploy.local.directory import DataDirectory
from deploy.local.problems import ClusterError

Usage = namedtuple("Usage", "total used free")


def test_a_full_disk_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - 12_000_000, 12_000_000))

    with pytest.raises(ClusterError, match=r"no disk space: .* has 12 MB left and 500 MB are needed"):
        DataDirectory(tmp_path / "data").create()


def test_a_file_in_the_place_of_the_directory_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(ClusterError, match=r"cannot hold the data .*: set ECATALOG_DATA to another folder"):
        DataDirectory(tmp_path / "data").create()


def test_nobody_else_can_look_into_the_directory(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "deep" / "data")
    directory.create()

    assert directory.root.stat().st_mode & 0o777 == 0o700
