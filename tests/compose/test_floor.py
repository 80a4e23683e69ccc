"""The gateway's container starts no Traefik that lacks what is known to be mended, whatever its tag is."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import binaries

SCRIPT = binaries.ROOT / "deploy" / "docker" / "gateway.sh"
STARTED = 7
_FLOOR = re.compile(r"^FLOOR=(\S+)", re.MULTILINE)


def start(script: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run the container's own script beside the Traefik of this environment, up to where it would start it."""
    before, _, _ = text.partition('mkdir -p "$ROUTES"')
    script.write_text(f"{before}exit {STARTED}\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = {"PATH": path, "ECATALOG_HOST": "127.0.0.1", "ECATALOG_ENV": "development"}
    variables |= {"ECATALOG_OPEN_DEVELOPMENT": "", "TRUSTED_PROXIES": ""}
    folder = binaries.ROOT / "gateway"
    command = ["sh", str(script)]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("floor", ["99.0.0", "3.99.0", "3.7.999"])
def test_an_older_release_is_refused_in_one_line(tmp_path: Path, floor: str) -> None:
    script = tmp_path / "gateway.sh"
    done = start(script, _FLOOR.sub(f"FLOOR={floor}", SCRIPT.read_text()))

    assert done.returncode == 1
    assert re.fullmatch(rf"gateway: this image holds Traefik \S+; at least {floor} is needed: .*\n", done.stderr)


def test_a_newer_release_is_started(tmp_path: Path) -> None:
    done = start(tmp_path / "gateway.sh", SCRIPT.read_text())
    assert (done.returncode, done.stderr) == (STARTED, "")


def test_floor_is_that_of_the_gateways_own_tests() -> None:
    (floor,) = _FLOOR.findall(SCRIPT.read_text())
    tests = (binaries.ROOT / "gateway" / "tests" / "test_configuration.py").read_text()
    assert f"FLOOR = ({floor.replace('.', ', ')})" in tests
