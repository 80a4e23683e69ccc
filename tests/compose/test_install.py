"""What the images take from requirements.lock."""

import re
from pathlib import Path

import pytest

from deploy.docker.install import canonical, declared, locked, present
from deploy.local import binaries

LOCK = (binaries.ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_every_package_of_the_lock_is_found_with_its_hashes() -> None:
    found = locked(LOCK)

    assert len(found) == len(re.findall(r"^\S+==", LOCK, re.MULTILINE))
    assert sum(block.count("--hash=sha256:") for block in found.values()) == LOCK.count("--hash=sha256:")
    assert all("--hash=sha256:" in block for block in found.values())


@pytest.mark.parametrize(
    "project", [*sorted(binaries.ROOT.glob("services/*/pyproject.toml")), binaries.ROOT / "gateway" / "pyproject.toml"]
)
def test_what_a_service_asks_for_is_locked_and_not_our_own(project: Path) -> None:
    asked = {canonical(re.split(r"[\[<>=; ]", requirement)[0]) for requirement in declared([project], None)}

    assert asked <= set(locked(LOCK))
    assert not {name for name in asked if name.startswith("ecatalog")}


def test_what_is_installed_beside_is_known_by_its_canonical_name(tmp_path: Path) -> None:
    (tmp_path / "lib" / "site-packages" / "prometheus_client-0.26.0.dist-info").mkdir(parents=True)

    assert present([tmp_path]) == {"prometheus-client"}
