"""The plugin of all tests."""

import subprocess
import sys
from pathlib import Path

HANGING = """
import threading
from ecatalog.testing import plugin

plugin.ENDS_WITHIN = 0.5


def test_of_a_thread_that_is_left_behind():
    threading.Thread(target=threading.Event().wait, name="left-behind").start()
"""


def test_process_that_a_thread_keeps_alive_says_where_and_fails(tmp_path: Path) -> None:
    (tmp_path / "test_hanging.py").write_text(HANGING)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_hanging.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert "1 passed" in ended.stdout
    assert "in wait" in ended.stderr
    assert ended.returncode == 1
