import os

import pytest

from deploy.local.terminal import Terminal


def test_a_reader_that_does_not_read_stops_nothing_and_gets_its_lines_later() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as source, os.fdopen(writer, "w") as stream:
        terminal = Terminal(stream)
        for number in range(2000):  # far more than the 64 KB a pipe holds
            terminal.write(f"{number} " + "x" * 100)
        received = b""
        while received.count(b"\n") < 2000:
            received += os.read(source.fileno(), 65536)
            terminal.flush()

    assert [int(line.split()[0]) for line in received.splitlines()] == list(range(2000))


def test_a_reader_that_went_away_ends_nothing() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        terminal = Terminal(stream)
        os.close(reader)
        terminal.write("nobody reads this")
        terminal.write("nor this")


def test_a_pipe_gets_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    reader, writer = os.pipe()
    master, slave = os.openpty()
    with os.fdopen(reader), os.fdopen(master), os.fdopen(writer, "w") as pipe, os.fdopen(slave, "w") as terminal:
        assert not Terminal(pipe).colour
        assert Terminal(terminal).colour
        monkeypatch.setenv("NO_COLOR", "1")
        assert not Terminal(terminal).colour
