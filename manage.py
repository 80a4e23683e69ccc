#!/usr/bin/env python3
"""The command line of E-Catalog: ``python manage.py --help``. Any Python will do: it goes on in ``.venv``.

Beside the local cluster it offers the commands of all services, in a service's container those of that service.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PYTHON = ROOT / ".venv" / "bin" / "python"
IN_CONTAINER = not (ROOT / "deploy" / "local").is_dir()

if __name__ == "__main__":
    if IN_CONTAINER:
        python, module = sys.executable, "ecatalog.commands.root"
    elif PYTHON.exists():
        python, module = str(PYTHON), "deploy.local.manage"
        os.environ["PYTHONPATH"] = str(ROOT)
    else:
        sys.exit("E-Catalog: there is no .venv yet: run `make install` first")
    os.execv(python, [python, "-m", module] + sys.argv[1:])  # noqa: RUF005 - old Pythons
