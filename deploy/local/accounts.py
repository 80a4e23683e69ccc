"""Finds an unprivileged user for PostgreSQL, which does not run as root."""

import os
import pwd
from dataclasses import dataclass

from deploy.local.problems import ClusterError

_CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int


def current() -> Account:
    """Return the user who runs this. Raises ClusterError when the system does not know that user."""
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise ClusterError(
            f"the operating system has no name for user {os.geteuid()}, which PostgreSQL needs: add it to /etc/passwd"
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def unprivileged() -> Account | None:
    """Return the user for PostgreSQL, None when the current one will do. Raises ClusterError when there is none."""
    if os.geteuid() != 0:
        return None
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise ClusterError(f"PostgreSQL does not run as root, and none of the users {', '.join(_CANDIDATES)} exists")
