"""The files of the project, and the part that each belongs to."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from deploy.local.binaries import ROOT

SERVICES = ("auth", "catalog", "integration", "media", "location")
PARTS = ("shared", *SERVICES, "gateway", "deploy", "tests")


@dataclass(frozen=True)
class File:
    """A file of the project; ``name`` is its path from the root."""

    name: str

    @property
    def part(self) -> str:
        """``manage.py`` and the examples of the documentation belong to ``deploy``."""
        first, _, rest = self.name.partition("/")
        part = rest.partition("/")[0] if first == "services" else first
        return part if part in PARTS else "deploy"

    @property
    def is_test(self) -> bool:
        """Tests, and what only tests import."""
        return "tests" in self.name.split("/") or self.name.startswith("shared/ecatalog/testing/")

    @property
    def is_migration(self) -> bool:
        return "/migrations/" in self.name

    @property
    def is_code(self) -> bool:
        """Python that runs in the product, migrations aside."""
        return self.name.endswith(".py") and not self.is_test and not self.is_migration

    @cached_property
    def text(self) -> str:
        return (ROOT / self.name).read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


@cache
def files() -> list[File]:
    """All Python and Go that git knows or would add; nothing that is ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.py", "*.go"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [File(name) for name in sorted(filter(None, listed.split("\0"))) if Path(ROOT, name).is_file()]


def code(part: str | None = None) -> list[File]:
    return [file for file in files() if file.is_code and part in {None, file.part}]
