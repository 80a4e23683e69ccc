"""Creates ``.venv`` and installs what ``requirements.lock`` pins. Runs before anything is installed."""

import fcntl
import hashlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LOCK = ROOT / "requirements.lock"
PACKAGES = (ROOT / "shared", *sorted((ROOT / "services").iterdir()), ROOT / "gateway")


def main() -> int:
    # Two `make run` in one clone must not install at the same time; the file itself does not matter.
    with LOCK.open("rb") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        wanted = fingerprint()
        if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted and PYTHON.exists():
            return 0
        if problem := _missing_modules():
            print(f"E-Catalog: {problem}", file=sys.stderr)
            return 1
        return _install(wanted)


def fingerprint() -> str:
    """Return a text that changes with the lock, a package's declaration or the version of Python."""
    digest = hashlib.sha256(f"{_version()} {ROOT}".encode())
    for file in (LOCK, ROOT / "pyproject.toml", *(package / "pyproject.toml" for package in PACKAGES)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _works() -> bool:
    """Return whether an environment of this version of Python exists and starts, with a pip of its own."""
    asked = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    if not PYTHON.exists():
        return False
    answer = subprocess.run([PYTHON, "-c", asked], check=False, capture_output=True, text=True)
    return answer.stdout.strip() == _version()


def _missing_modules() -> str:
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if not missing:
        return ""
    return (
        f"{sys.executable} lacks the module {' and '.join(missing)}: install it "
        f"(Debian and Ubuntu: apt install python3-venv) or set PYTHON to another Python"
    )


def _install(wanted: str) -> int:
    began = time.monotonic()
    print("Installing into .venv (once; a minute or two) …", flush=True)
    STAMP.unlink(missing_ok=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps"]
    editable = [argument for package in PACKAGES for argument in ("-e", str(package))]
    steps = [
        [*pip, "--require-hashes", "--requirement", str(LOCK)],
        [*pip, "--no-build-isolation", *editable],
    ]
    if not _works():
        steps.insert(0, [sys.executable, "-m", "venv", "--clear", str(VENV)])
    for step in steps:
        if subprocess.run(step, check=False, cwd=ROOT).returncode != 0:
            print(f"E-Catalog: not installed: `{' '.join(step[:3])} …` failed, see above", file=sys.stderr)
            return 1
    STAMP.write_text(wanted, encoding="utf-8")
    print(f"Installed in {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
