"""What the plugin remembers, counted from inside: ``looks.go`` is laid beside it and read by Traefik's interpreter."""

import json
import shutil
from pathlib import Path

import pytest

from .traefik import Traefik, copied, environment

PATH_BYTES = 2 << 20
AROUND = 100  # bytes that a path costs beside its letters
TEXTS = 32 << 20  # bytes of the requests that the pieces to be remembered are of


@pytest.fixture(scope="module")
def looks(services: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    folder = tmp_path_factory.mktemp("looks")
    program = copied(folder)
    shutil.copy(Path(__file__).parent / "looks.go", program / "plugins-local/src/edge")
    Traefik(folder, environment(services), program=program).stop()
    found: dict[str, int] = json.loads((program / "looks.json").read_text())
    return found


def test_remembered_paths_are_bounded_by_their_bytes(looks: dict[str, int]) -> None:
    assert 0.9 * PATH_BYTES < looks["short paths"] * (200 + AROUND) <= PATH_BYTES


def test_long_path_is_not_remembered(looks: dict[str, int]) -> None:
    assert (looks["path of 256"], looks["path of 257"]) == (1, 0)


@pytest.mark.parametrize(("what", "kept"), [("paths", 1000), ("tokens", 1001), ("codings", 500)])
def test_remembered_piece_keeps_no_request_alive(looks: dict[str, int], what: str, kept: int) -> None:
    assert looks[what] == kept
    assert looks[f"heap of {what}"] < TEXTS / 8
