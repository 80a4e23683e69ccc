"""Installs what packages need, and nothing else of requirements.lock: ``install.py FOLDER PYPROJECT…``.

pip decides what is needed, among the versions that the lock names; then it installs that much, and only files whose
hashes the lock holds. What was installed into the folders given by ``--beside`` is left out.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

LOCK = Path("requirements.lock")
OURS = "ecatalog-"
PIP = (sys.executable, "-m", "pip", "--quiet")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="prefix below which the packages are put")
    parser.add_argument("projects", type=Path, nargs="+", metavar="PYPROJECT")
    parser.add_argument("--group", help="the dependency group to take instead of the dependencies")
    parser.add_argument("--beside", type=Path, action="append", default=[], metavar="FOLDER")
    options = parser.parse_args()
    pins = locked(LOCK.read_text(encoding="utf-8"))
    needed = resolved(declared(options.projects, options.group), pins)
    install(options.folder, [pins[name] for name in sorted(needed - present(options.beside))])


def declared(projects: Iterable[Path], group: str | None) -> list[str]:
    """Return the requirements in the files, without our own packages."""
    found: list[str] = []
    for project in projects:
        table = tomllib.loads(project.read_text(encoding="utf-8"))
        found += table["dependency-groups"][group] if group else table["project"]["dependencies"]
    return [requirement for requirement in found if not requirement.startswith(OURS)]


def locked(text: str) -> dict[str, str]:
    """Return the blocks of the lock, ``name==version … --hash=…``, by name."""
    blocks = re.findall(r"^\w.*(?:\n[ \t]+.*)*", text, re.MULTILINE)
    return {canonical(block.partition("==")[0]): block for block in blocks}


def resolved(requirements: Iterable[str], pins: dict[str, str]) -> set[str]:
    """Return the names of everything that the requirements need on this machine."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as versions:
        versions.writelines(block.partition("\\")[0].rstrip() + "\n" for block in pins.values())
        versions.flush()
        report = subprocess.run(
            [*PIP, "install", "--dry-run", "--ignore-installed", "--report", "-",
             "--constraint", versions.name, *requirements],
            check=True, stdout=subprocess.PIPE,
        ).stdout  # fmt: skip
    return {canonical(each["metadata"]["name"]) for each in json.loads(report)["install"]}


def present(folders: Iterable[Path]) -> set[str]:
    """Return the names of what earlier calls have installed."""
    found = (info for folder in folders for info in folder.rglob("*.dist-info"))
    return {canonical(info.name.partition("-")[0]) for info in found}


def install(folder: Path, blocks: Iterable[str]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write("\n".join(blocks))
        requirements.flush()
        subprocess.run(
            [*PIP, "install", "--no-deps", "--require-hashes", "--ignore-installed", "--no-warn-script-location",
             "--prefix", str(folder), "--requirement", requirements.name],
            check=True,
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


if __name__ == "__main__":
    main()
