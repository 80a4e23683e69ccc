"""The secrets of a cluster are created once and kept in files that only their owner reads."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Passwords:
    """Holds named secrets below one folder."""

    folder: Path

    def get(self, name: str) -> str:
        """Return the secret ``name``, which the first call creates."""
        file = self.folder / name
        if not file.exists():
            # It starts with a letter because NATS reads a variable of digits and an `e` as a number.
            _write_private(file, "s" + secrets.token_hex(24))
        return file.read_text(encoding="utf-8").strip()


def _write_private(file: Path, text: str) -> None:
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
