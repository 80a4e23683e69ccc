"""NATS runs with JetStream."""

from collections.abc import Mapping
from pathlib import Path

import bcrypt

from deploy.local import binaries, probes
from deploy.local.components import Components
from deploy.local.environment import LOOPBACK, NATS_OUTSIDE_USER, NATS_USER
from deploy.local.passwords import Passwords
from deploy.local.programs import Program
from deploy.local.render import WARNINGS

CONFIGURATION = binaries.ROOT / "deploy" / "nats.conf"


def program(components: Components, store: Path, passwords: Passwords, outer: Mapping[str, str]) -> Program:
    """Return the program of the server, which keeps its streams below ``store``."""
    return Program(
        name="nats",
        command=[binaries.script("nats-server"), "--config", str(CONFIGURATION)],
        environment={
            **outer,
            "NATS_HOST": LOOPBACK,
            "NATS_PORT": str(components.nats),
            "NATS_MONITOR_PORT": str(components.nats_monitor),
            "NATS_STORE": f'"{store}"',  # quoted: the folder may have blanks in its name
            "NATS_USER": NATS_USER,
            "NATS_PASSWORD": _hashed(passwords.get("nats_password")),
            "NATS_OUTSIDE_USER": NATS_OUTSIDE_USER,
            "NATS_OUTSIDE_PASSWORD": _hashed(passwords.get("nats_outside_password")),
        },
        directory=store,
        grace=4.0,
        shown=WARNINGS,
    )


def _hashed(password: str) -> str:
    """Hash a password for the server, which would warn of a plain one at each start.

    Nobody guesses a random password, so the cheapest hash will do. It is quoted, because ``$`` starts a variable.
    """
    return f'"{bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()}"'


def adopt(store: Path) -> None:
    """Move the streams of versions that had no accounts: NATS stored them under a name of its own."""
    before, now = (store / "jetstream" / account for account in ("$G", "INTERNAL"))
    if before.is_dir() and not now.exists():
        before.rename(now)


async def is_ready(components: Components) -> bool:
    """Return whether JetStream accepts messages. It would warn of a health check before it accepts connections."""
    if not await probes.listens(components.nats):
        return False
    return await probes.status(components.nats_monitor, "/healthz?js-enabled-only=true") == 200
