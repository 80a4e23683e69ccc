#!/usr/bin/env python3
"""The command line of E-Catalog: ``python manage.py --help``. Any Python will do: it goes on in ``.venv``."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PYTHON = ROOT / ".venv" / "bin" / "python"

if __name__ == "__main__":
    if not PYTHON.exists():
        sys.exit("E-Catalog: there is no .venv yet: run `make install` first")
    os.environ["PYTHONPATH"] = str(ROOT)
    os.execv(str(PYTHON), [str(PYTHON), "-m", "deploy.local.manage"] + sys.argv[1:])  # noqa: RUF005 - old Pythons
