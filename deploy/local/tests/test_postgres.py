import os
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import psycopg
import pytest
import pytest_asyncio
from ecatalog.testing.client import until

from deploy.local import leftovers, place
from deploy.local.directory import DataDirectory
from deploy.local.logs import Log
from deploy.local.postgres import Postgres
from deploy.local.problems import ClusterError
from deploy.local.processes import Launcher
from deploy.local.tests import samples
from deploy.local.tests.databases import Server


@pytest_asyncio.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    # A blank in the name, and a path too long for a Unix socket: both are met in practice.
    root = tmp_path_factory.mktemp("a home") / ("deep" * 25) / "data"
    with (root.parents[1] / "screen").open("w") as screen:
        server = Server(root, screen)
        await server.start()
        yield server
        await server.stop()
    place.remove(server.directory)


async def test_every_service_connects_to_its_own_database_as_its_owner(server: Server) -> None:
    for service in server.components.services:
        owner = "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
        assert server.ask(server.dsn(service.name), "select current_database()") == service.database
        assert server.ask(server.dsn(service.name), owner) == service.role


async def test_no_service_connects_to_the_database_of_another_nor_to_the_common_ones(server: Server) -> None:
    databases = [*(service.database for service in server.components.services), "postgres", "template1"]
    for service in server.components.services:
        for database in databases:
            if database == service.database:
                continue
            foreign = server.dsn(service.name).rpartition("/")[0] + f"/{database}"
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(foreign)


async def test_a_wrong_password_and_the_superuser_are_refused_over_the_network(server: Server) -> None:
    wrong = server.dsn("auth").replace(server.passwords.get("auth_service_password"), "guessed")
    superuser = f"postgresql://postgres:guessed@127.0.0.1:{server.components.postgres}/postgres"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf rejects connection"):
        psycopg.connect(superuser)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("jit", "off"),
        ("max_wal_size", "4GB"),
        ("max_connections", "400"),
        ("password_encryption", "scram-sha-256"),
        ("listen_addresses", "127.0.0.1"),
        ("data_checksums", "on"),
    ],
)
async def test_the_running_server_has_the_setting(server: Server, setting: str, value: str) -> None:
    assert server.ask(server.dsn("catalog"), f"show {setting}") == value


async def test_an_owner_adds_the_extension_that_sees_cyrillic_trigrams(server: Server) -> None:
    with psycopg.connect(server.dsn("catalog"), autocommit=True) as connection:
        connection.execute("create extension if not exists pg_trgm")

    assert len(server.ask(server.dsn("catalog"), "select show_trgm('Молоко')")) == 7
    assert server.ask(server.dsn("catalog"), "select lower('МОЛОКО')") == "молоко"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give up its rights")
async def test_as_root_it_runs_as_somebody_else_from_a_folder_that_user_reaches(server: Server) -> None:
    assert server.keeper.pid is not None
    process = psutil.Process(server.keeper.pid)
    private = Path(os.environ.get("HOME", "/root"))

    assert process.uids().real != 0
    assert server.directory.postgres.is_symlink()
    assert server.directory.postgres.resolve().is_relative_to(place.REACHABLE)
    assert (server.directory.postgres / "belongs-to").read_text() == f"{server.directory.postgres}\n"
    assert not Path(process.exe()).is_relative_to(private)
    assert "does not run as root: it runs as" in server.launcher.log.path("ecatalog").read_text()


async def test_a_killed_server_comes_back_with_what_was_committed(server: Server) -> None:
    with psycopg.connect(server.dsn("media"), autocommit=True) as connection:
        connection.execute("create table kept (id int)")
        connection.execute("insert into kept values (7)")
    assert server.keeper.pid is not None
    psutil.Process(server.keeper.pid).kill()
    restarts = server.keeper.restarts + 1
    await samples.until(lambda: server.keeper.restarts == restarts and server.keeper.state == "ready")

    assert server.ask(server.dsn("media"), "select id from kept") == 7


async def test_a_new_password_file_is_honoured_at_the_next_start(server: Server) -> None:
    (server.directory.secrets / "location_service_password").unlink()
    await server.postgres.provide_databases(server.launcher, server.components, server.passwords)

    assert server.ask(server.dsn("location"), "select 1") == 1


async def test_a_server_left_over_on_the_same_data_is_ended(server: Server, log: Log) -> None:
    left_over = server.keeper.pid
    assert left_over is not None
    await leftovers.end_postmaster(server.postgres.place.data, log)

    assert not psutil.pid_exists(left_over)
    assert "postgres (process" in log.path("ecatalog").read_text()
    await samples.until(lambda: server.keeper.state == "ready" and server.keeper.pid != left_over)


@pytest.fixture
def stopped(directory: DataDirectory) -> Postgres:
    """A server that has not been started, with a data directory that holds nothing."""
    postgres = Postgres.at(directory, 1, os.environ)
    postgres.place.data.mkdir()
    return postgres


async def test_a_folder_that_is_no_data_directory_is_refused(stopped: Postgres, launcher: Launcher) -> None:
    with pytest.raises(ClusterError, match="is not a PostgreSQL data directory: move it away"):
        await stopped.prepare(launcher)


async def test_data_of_another_version_is_refused(stopped: Postgres, launcher: Launcher) -> None:
    (stopped.place.data / "PG_VERSION").write_text("17\n")

    with pytest.raises(ClusterError, match="was made by PostgreSQL 17, not 18"):
        await stopped.prepare(launcher)


async def test_a_data_directory_without_its_control_file_is_refused(stopped: Postgres, launcher: Launcher) -> None:
    (stopped.place.data / "PG_VERSION").write_text("18\n")

    with pytest.raises(ClusterError, match=r"is damaged \(global/pg_control is missing\)"):
        await stopped.prepare(launcher)


async def test_a_half_made_data_directory_is_made_again(directory: DataDirectory, launcher: Launcher) -> None:
    postgres = Postgres.at(directory, 1, os.environ)
    (postgres.place.data.with_name("data.new") / "base").mkdir(parents=True)
    await postgres.prepare(launcher)

    assert (postgres.place.data / "PG_VERSION").read_text() == "18\n"


async def test_log_shows_statements_and_never_what_they_were_given(server: Server) -> None:
    with psycopg.connect(server.postgres.superuser_dsn(), autocommit=True) as connection:
        connection.execute("set log_min_duration_statement = 0")
        connection.execute("select length(%s) as slow", ["a-hash-of-a-password"])
        connection.execute("create temporary table person (phone text, born int not null)")
        with pytest.raises(psycopg.errors.NotNullViolation):
            connection.execute("insert into person values (%s, null)", ["+998901234567"])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("insert into person select 'x', e.v::int from (select %s::text v) e", ["a-birthday"])
    log = server.directory.log / "postgres.log"

    await until(lambda: "into person select" in log.read_text(encoding="utf-8"))
    said = log.read_text(encoding="utf-8")
    assert "as slow" in said
    assert "violates not-null constraint" in said
    assert "a-hash-of-a-password" not in said
    assert "+998901234567" not in said
