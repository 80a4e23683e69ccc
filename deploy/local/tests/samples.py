"""Small programs for the supervisor to run."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

from deploy.local.programs import Program


def python(name: str, code: str, *, grace: float = 5.0) -> Program:
    """A program that runs ``code``."""
    command = [sys.executable, "-c", dedent(code)]
    return Program(name=name, command=command, environment=dict(os.environ), directory=Path("/"), grace=grace)


async def until(condition: Callable[[], bool]) -> None:
    """Wait, at most 10 s, until ``condition`` holds."""
    async with asyncio.timeout(10):
        holds = condition()
        while not holds:
            await asyncio.sleep(0.02)
            holds = condition()


SLEEPER = "import time; print('asleep', flush=True); time.sleep(600)"
PARENT = """
    import subprocess, sys, time
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    print(child.pid, flush=True)
    time.sleep(600)
"""
DEAF = """
    import signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("asleep", flush=True)
    time.sleep(600)
"""
