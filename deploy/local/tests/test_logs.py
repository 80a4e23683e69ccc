import io

import pytest

from deploy.local import logs
from deploy.local.directory import DataDirectory
from deploy.local.logs import SHOWN_PER_SECOND, Log
from deploy.local.render import WARNINGS


def on(screen: io.TextIOWrapper) -> str:
    screen.seek(0)
    return screen.read()


def test_the_file_holds_what_the_process_wrote_and_the_terminal_its_name(log: Log, screen: io.TextIOWrapper) -> None:
    log.lines("media-worker", [b'{"event":"rendered","level":"info"}', "готово\r".encode()])

    assert log.path("media-worker").read_text() == '{"event":"rendered","level":"info"}\nготово\n'
    assert " media-worker         rendered\n" in on(screen)
    assert " media-worker         готово\n" in on(screen)


def test_of_a_quiet_process_only_warnings_are_shown(log: Log, screen: io.TextIOWrapper) -> None:
    log.lines("postgres", [b"LOG:  ready", b"FATAL:  no such role"], WARNINGS)

    assert "FATAL:  no such role" in on(screen)
    assert "ready" not in on(screen)
    assert log.path("postgres").read_bytes() == b"LOG:  ready\nFATAL:  no such role\n"


def test_routine_stays_in_the_file(log: Log, screen: io.TextIOWrapper) -> None:
    log.lines("auth-api", [b'{"event":"Started server process","logger":"uvicorn.error","level":"info"}'])
    log.lines("auth-api", [b'{"event":"Exception in ASGI","logger":"uvicorn.error","level":"error"}'])

    assert "Started" not in on(screen)
    assert "ERROR Exception in ASGI" in on(screen)


def test_a_flood_stays_in_the_file(log: Log, screen: io.TextIOWrapper) -> None:
    for number in range(SHOWN_PER_SECOND * 10):
        log.lines("catalog-api", [b"line %d" % number])

    assert log.path("catalog-api").read_bytes().count(b"\n") == SHOWN_PER_SECOND * 10
    assert on(screen).count("\n") < SHOWN_PER_SECOND * 5  # one second's worth, two when a second ends meanwhile


def test_a_large_file_is_rotated(directory: DataDirectory, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "ROTATE_AT", 100)
    for _ in range(10):
        log.lines("nats", [b"x" * 49])

    assert (directory.log / "nats.log.1").stat().st_size == 150
    assert log.path("nats").stat().st_size <= 150


def test_the_last_words_are_the_worst_of_the_last_lines(log: Log) -> None:
    log.lines("postgres", [b"LOG:  starting", b"FATAL:  no space left", b"LOG:  shut down"])
    log.lines("auth-api", [b'{"event":"stop","level":"error","exception":"Traceback\\nOSError: gone"}', b"bye"])
    log.lines(
        "media-api", [b"Traceback", b"  raise", b"sql.ProgrammingError: no table", b"[SQL: x]", b"(Background: y)"]
    )

    assert log.last_words("postgres") == "FATAL:  no space left"
    assert log.last_words("auth-api") == "ERROR stop: OSError: gone"
    assert log.last_words("media-api") == "sql.ProgrammingError: no table"
    assert log.last_words("portal") == "nothing"
