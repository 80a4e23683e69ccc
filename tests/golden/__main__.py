"""`python -m tests.golden --record` records all answers anew (read the diff!); without it they are compared.

More arguments are those of pytest.
"""

import os
import sys

import pytest

from tests.golden.recording import FOLDER, RECORD

if __name__ == "__main__":
    arguments = sys.argv[1:]
    if "--record" in arguments:
        arguments.remove("--record")
        os.environ[RECORD] = "1"
        for recorded in () if arguments else FOLDER.iterdir():
            recorded.unlink()  # a scenario may be gone
    sys.exit(pytest.main(["tests/golden", *arguments]))
