import importlib.util
import subprocess
from pathlib import Path

import pytest

from deploy.local import binaries, bootstrap


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=binaries.ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_help_lists_every_target() -> None:
    makefile = (binaries.ROOT / "Makefile").read_text()
    targets = {line.partition(":")[2].strip() for line in makefile.splitlines() if line.startswith(".PHONY:")}
    listed = {line.split()[1] for line in make("help").stdout.splitlines()}

    assert {"run", "test", "soak", "bench", "demo"} <= targets == listed


def test_a_python_that_will_not_do_is_one_clear_line() -> None:
    answer = make("install", "PYTHON=/bin/false")

    assert answer.returncode != 0
    assert answer.stderr.splitlines()[0] == (
        "E-Catalog needs Python 3.11 to 3.14, and /bin/false is not one: set PYTHON=/path/to/python"
    )


def test_a_python_without_ensurepip_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "installed")
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name))

    assert bootstrap.main() == 1
    message = capsys.readouterr().err
    assert "lacks the module ensurepip: install it (Debian and Ubuntu: apt install python3-venv)" in message
    assert message.count("\n") == 1


def test_the_environment_is_made_again_when_a_package_declares_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declaration = tmp_path / "pyproject.toml"
    declaration.write_text("[project]")
    monkeypatch.setattr(bootstrap, "PACKAGES", (tmp_path,))
    before = bootstrap.fingerprint()
    declaration.write_text("[project]\ndependencies = ['x']")

    assert bootstrap.fingerprint() != before


def test_the_lock_pins_by_hash_and_names_no_registry() -> None:
    lock = bootstrap.LOCK.read_text()

    assert "://" not in lock
    packages = lock.replace("\\\n", "").splitlines()
    assert len(packages) > 80
    assert [line for line in packages if "==" not in line or "--hash=sha256:" not in line] == []
