"""How the figures are judged, shown, kept and compared; all of them are invented."""

import io
from pathlib import Path

import pytest

from tests.load import __main__ as bench
from tests.load import options, records, table
from tests.load.goals import GATEWAY, GOALS, HAND, IDLE, SQL
from tests.load.results import Row, merged
from tests.load.usage import GROUPS, Usage

LIST, SEARCH, CROWD = "list of 20 from the database", "search, page and exact count", "one's details beside 16 sign-ins"
CPU = dict.fromkeys(GROUPS, 120.0)


def row(name: str, value: float, *, foreign: float = 0.0, **ceilings: float) -> Row:
    named = {{"gateway": GATEWAY, "sql": SQL, "hand": HAND, "idle": IDLE}[key]: most for key, most in ceilings.items()}
    shares = {ceiling: value / most for ceiling, most in named.items()}
    return Row(name, value, 12.5, named, shares, CPU, 640.0, foreign)


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        (row(LIST, 1000, gateway=5000, sql=1400), []),
        (row(LIST, 900, gateway=5000, sql=1400), [f"{LIST}: 0.18 of bare gateway, ≥ 0.20"]),
        (row(LIST, 900, gateway=5000, foreign=0.4), [f"{LIST}: 0.18 of bare gateway, ≥ 0.20 (on a busy machine)"]),
        (row(SEARCH, 600, gateway=5000, sql=1000), [f"{SEARCH}: 0.60 of its own SQL, ≥ 0.80"]),
        (row(CROWD, 20, idle=10), []),
        (row(CROWD, 21, idle=10), [f"{CROWD}: 2.10 of idle, ≤ 2.00"]),
        (row("idle memory of all processes", 800), []),
        (row("idle memory of all processes", 801), ["idle memory of all processes: 801 MB, ≤ 800"]),
        (row("descriptions by 16 at once", 0.85), ["descriptions by 16 at once: 0.85 of the ideal, ≥ 0.9"]),
        (row("page by cursor", 1, gateway=5000), []),
        (Row(LIST, error="404 lost"), [f"{LIST}: not measured: 404 lost"]),
    ],
)
def test_missed_goal_is_named_with_the_share_that_was_reached(measured: Row, missed: list[str]) -> None:
    assert measured.missed() == missed


def test_several_runs_give_medians_and_the_worst_share() -> None:
    runs = [
        [row(LIST, value, gateway=5000), row(CROWD, value / 100, idle=10), row("page by cursor", value)]
        for value in (1000, 1500, 1200)
    ]
    several = merged(runs)
    assert [(each.name, each.value) for each in several] == [(LIST, 1200), (CROWD, 12), ("page by cursor", 1200)]
    assert [dict(each.shares) for each in several] == [{GATEWAY: 0.2}, {IDLE: 1.5}, {}]
    assert several[0].cpu == CPU


def test_row_that_failed_once_has_failed() -> None:
    assert merged([[row(LIST, 1000, gateway=5000)], [Row(LIST, error="lost")]]) == [Row(LIST, error="lost")]


def test_table_fits_the_screen_and_shows_every_share_with_its_goal() -> None:
    measured = [row(name, 12_345.6, **dict.fromkeys(("gateway", "sql"), 99_999.0)) for name in GOALS]
    lines = table.written(measured).splitlines()
    assert max(map(len, lines[: lines.index("")])) <= 120
    first = next(line for line in lines if line.startswith(LIST))
    assert first.split() == f"{LIST} 12,346 req/s 12.5 0.12 bare gateway ≥ 0.20 640 {'120 ' * 6}".split()
    assert lines[lines.index(first) + 1].split() == ["0.12", "its", "own", "SQL"]


def test_table_ends_with_what_was_missed() -> None:
    assert table.written([row(LIST, 1000, gateway=5000)]).endswith("\nall goals are reached\n")
    written = table.written([row(LIST, 1, gateway=5000), Row(SEARCH, error="lost")])
    assert written.endswith(f"\nMISSED {LIST}: 0.00 of bare gateway, ≥ 0.20\nMISSED {SEARCH}: not measured: lost\n")


def test_shares_and_costs_of_a_unit_are_computed_from_what_was_used() -> None:
    shown = table.Table(io.StringIO())
    used = Usage({"api": 0.5, "postgres": 1.0}, 700.0, 0.1)
    shown.add("export of products to Excel", 20_000, ceilings={HAND: 40_000}, used=used, units=100_000)
    assert shown.rows == [
        Row(
            "export of products to Excel", 20_000, None, {HAND: 40_000}, {HAND: 0.5},
            {"api": 5.0, "postgres": 10.0}, 700.0, 0.1,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("microseconds", "shown"),
    [(0, "0.0"), (9.94, "9.9"), (343.4, "343"), (1234, "1.2k"), (98_765, "99k"), (125_000, "125k"), (2e6, ">1M")],
)
def test_cost_takes_four_signs_at_most(microseconds: float, shown: str) -> None:
    assert table.amount(microseconds) == shown


def test_figures_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = [row(LIST, 1000, gateway=5000, sql=1400), Row(SEARCH, error="lost")]
    records.write(tmp_path / "figures.json", rows, 300_000, 3)
    assert records.read(tmp_path / "figures.json") == (rows, 300_000)


def test_two_runs_stand_side_by_side() -> None:
    before = [row(LIST, 1000, gateway=5000, sql=1250), row("page by cursor", 900), Row(SEARCH, error="lost")]
    now = [row(LIST, 1500, gateway=6000, sql=2000), row(SEARCH, 500), row("sync of a new list", 5000, hand=10_000)]
    header, *lines = records.compared(before, now).splitlines()
    assert header.split()[:4] == ["what", "before", "now", "ratio"]
    assert [line.split() for line in lines] == [
        f"{LIST} 1,000 req/s 1,500 1.50 bare gateway 0.20 0.25 720 720 1.00".split(),
        ["its", "own", "SQL", "0.80", "0.75"],
    ]


@pytest.mark.parametrize(("value", "code"), [(1000.0, 0), (900.0, 1)])
def test_exit_code_says_whether_a_goal_was_missed(
    value: float, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what ``--json`` writes is what ``--against`` reads."""
    monkeypatch.setattr(bench, "_measured", lambda _: [row(LIST, value, gateway=5000)])
    file = str(tmp_path / "figures.json")
    assert bench.main(["--json", file]) == code
    assert bench.main(["--runs", "3", "--against", file]) == code
    assert f"beside {file} with 100,000 products" in capsys.readouterr().out


def test_unknown_rows_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options.read(["list"], ["--only", "list,lost"])
    assert "unknown: lost; there are list" in capsys.readouterr().err
