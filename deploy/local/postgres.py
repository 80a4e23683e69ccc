"""PostgreSQL is created once and configured at each start; each service has a database."""

import os
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import accounts, binaries, leftovers
from deploy.local.components import Components
from deploy.local.directory import DataDirectory
from deploy.local.environment import LOOPBACK
from deploy.local.passwords import Passwords
from deploy.local.place import Place, find
from deploy.local.problems import ClusterError
from deploy.local.processes import Launcher
from deploy.local.programs import Program
from deploy.local.render import WARNINGS

SETTINGS = binaries.ROOT / "deploy" / "postgres" / "postgresql.conf"
SERVICE_SQL = binaries.ROOT / "deploy" / "postgres" / "service.sql"
SUPERUSER = "postgres"
MAJOR = "18"
# The last flag makes pg_trgm see Cyrillic letters; without it searching in Russian finds no trigrams.
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--lc-ctype=C.UTF-8")
# The superuser comes in only through the socket, as the user who runs the cluster; services only by password.
ACCESS = f"""\
local all {SUPERUSER} peer map=supervisor
host all {SUPERUSER} all reject
host all all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server."""

    place: Place
    port: int
    environment: Mapping[str, str]

    @classmethod
    def at(cls, directory: DataDirectory, port: int, environment: Mapping[str, str]) -> "Postgres":
        """Return the server that keeps its data below ``directory``."""
        plain = {name: value for name, value in environment.items() if name in {"PATH", "HOME", "TMPDIR"}}
        return cls(find(directory), port, {**plain, "LC_ALL": "C"})

    async def prepare(self, launcher: Launcher) -> None:
        """Create the data directory when there is none, and write its configuration.

        Raises ClusterError when the directory is not one of PostgreSQL 18.
        """
        if self.place.account:
            launcher.log.say(
                f"PostgreSQL does not run as root: it runs as {self.place.account.name}, in {self.place.data.parent}"
            )
        if self.place.data.exists():
            self._require_intact()
            await leftovers.end_postmaster(self.place.data, launcher.log)
        else:
            await self._initialise(launcher)
        self._configure()

    def server(self) -> Program:
        """Return the program. A fast shutdown ends its connections and writes everything to the disk."""
        options = {
            "port": str(self.port),
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": str(self.place.sockets),
        }
        arguments = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
        return self._program(
            "postgres", "postgres", "-D", str(self.place.data), *arguments,
            stop_signal=signal.SIGINT, orphan_signal=signal.SIGINT,
        )  # fmt: skip

    async def is_ready(self, launcher: Launcher) -> bool:
        """Return whether it accepts connections, as its own lock file says (``pg_ctl`` reads it, too)."""
        try:
            lines = (self.place.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return lines[0] == launcher.pid_file("postgres").read_text().strip() and lines[7].strip() == "ready"
        except (OSError, IndexError):
            return False  # not written yet

    async def provide_databases(self, launcher: Launcher, components: Components, passwords: Passwords) -> None:
        """Create the missing roles and databases of all services."""
        script = "".join(
            f"\\set role '{service.role}'\n"
            f"\\set database '{service.database}'\n"
            f"\\set password '{passwords.get(f'{service.role}_password')}'\n"
            f"\\i '{SERVICE_SQL}'\n"
            for service in components.services
        )
        arguments = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", "postgres")
        name = "postgres-databases"
        if await launcher.run(self._client(name, "psql", *arguments, standard_input=script.encode())) != 0:
            raise ClusterError(f"the databases could not be made: {launcher.log.last_words(name)}")

    def superuser_dsn(self) -> str:
        """Return the address by which the user who runs the cluster connects as superuser."""
        return f"host={self.place.sockets} port={self.port} user={SUPERUSER} dbname=postgres"

    async def _initialise(self, launcher: Launcher) -> None:
        launcher.log.say(f"creating the PostgreSQL data directory {self.place.data}")
        draft = self.place.data.with_name("data.new")  # a start that was cut off leaves no half-made data
        shutil.rmtree(draft, ignore_errors=True)
        program = self._program(
            "postgres-init", "initdb", "-D", str(draft), "-U", SUPERUSER, "--encoding=UTF8", *LOCALE,
            "--auth-local=peer", "--auth-host=scram-sha-256", "--no-instructions",
        )  # fmt: skip
        if await launcher.run(program) != 0:
            raise ClusterError(f"PostgreSQL could not be initialised: {launcher.log.last_words('postgres-init')}")
        draft.rename(self.place.data)

    def _require_intact(self) -> None:
        version = self.place.data / "PG_VERSION"
        advice = "move it away to begin with an empty database, or set ECATALOG_DATA to another folder"
        try:
            found = version.read_text(encoding="ascii").strip()
        except OSError:
            raise ClusterError(f"{self.place.data} is not a PostgreSQL data directory: {advice}") from None
        if found != MAJOR:
            raise ClusterError(f"{self.place.data} was made by PostgreSQL {found}, not {MAJOR}: {advice}")
        if not (self.place.data / "global" / "pg_control").is_file():
            raise ClusterError(f"{self.place.data} is damaged (global/pg_control is missing): {advice}")

    def _configure(self) -> None:
        users = {accounts.current().name, (self.place.account or accounts.current()).name}
        mapping = "".join(f"supervisor {user} {SUPERUSER}\n" for user in sorted(users))
        for name, text in {
            "postgresql.conf": SETTINGS.read_text(encoding="utf-8"),
            "pg_hba.conf": ACCESS,
            "pg_ident.conf": mapping,
        }.items():
            file = self.place.data / name
            file.write_text(text, encoding="utf-8")
            if self.place.account:
                os.chown(file, self.place.account.uid, self.place.account.gid)

    def _client(self, name: str, program: str, *arguments: str, standard_input: bytes = b"") -> Program:
        where = ("-h", str(self.place.sockets), "-p", str(self.port), "-U", SUPERUSER)
        return Program(
            name=name,
            command=[self.place.program(program), *where, *arguments],
            environment=self.environment,
            directory=Path("/"),
            input=standard_input,
        )

    def _program(
        self,
        name: str,
        program: str,
        *arguments: str,
        stop_signal: signal.Signals = signal.SIGTERM,
        orphan_signal: signal.Signals = signal.SIGKILL,
    ) -> Program:
        return Program(
            name=name,
            command=[self.place.program(program), *arguments],
            environment=self.environment,
            directory=Path("/"),
            account=self.place.account,
            stop_signal=stop_signal,
            orphan_signal=orphan_signal,
            grace=8.0,  # it writes down what is in memory
            shown=WARNINGS,
        )
