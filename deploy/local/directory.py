"""A cluster keeps all its state below ``ECATALOG_DATA``."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.local.problems import ClusterError

NEEDED_MEGABYTES = 500  # an empty system takes about 200 MB; PostgreSQL and NATS stop hard when a disk is full


@dataclass(frozen=True)
class DataDirectory:
    """The folders of one cluster."""

    root: Path

    @property
    def run(self) -> Path:
        """Return the folder of each ``<name>.pid``, and of the lock and the state of the supervisor."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        """Return the folder of each ``<name>.log``, the raw output of a process."""
        return self.root / "log"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def nats(self) -> Path:
        return self.root / "nats"

    @property
    def postgres(self) -> Path:
        """Return PostgreSQL's folder, or a link to it where the supervisor runs as root."""
        return self.root / "postgres"

    def pid_files(self) -> list[Path]:
        """List the files that name the running processes."""
        return sorted(self.run.glob("*.pid"))

    def create(self) -> None:
        """Create the folders. Raises ClusterError when that is impossible or the disk is nearly full."""
        try:
            for folder in (self.root, self.run, self.log, self.secrets, self.nats):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                    raise PermissionError(folder)
        except PermissionError as error:
            raise ClusterError(
                f"{self.root} cannot be written by {_user()}: run as its owner or set ECATALOG_DATA to another folder"
            ) from error
        except OSError as error:
            raise ClusterError(
                f"{self.root} cannot hold the data ({error.strerror}): set ECATALOG_DATA to another folder"
            ) from error
        require_space(self.root)


def require_space(folder: Path) -> None:
    """Raise ClusterError when the disk of ``folder`` is too full to start on."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        raise ClusterError(
            f"no disk space: {folder} has {free} MB left and {NEEDED_MEGABYTES} MB are needed; "
            "free some or set ECATALOG_DATA to a folder on another disk"
        )


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"
