"""The simulated 1C as sites see it that it sends its goods to, and as the person before its window does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base
from deploy.local.onec.exchange import window
from deploy.local.onec.exchange.__main__ import main

from .sites import LOGIN, PASSWORD, SiteWithoutOrders, receiving

GOODS = ["--generate", "20", "--portions", "2"]


@pytest.fixture
def site() -> Iterator[SiteWithoutOrders]:
    with receiving(SiteWithoutOrders()) as running:
        yield running


def send(site: SiteWithoutOrders, *options: str, password: str = PASSWORD) -> int:
    return main([site.url, LOGIN, password, *GOODS, *options])


def undisturbed(folder: Path, module: sets.Module) -> dict[str, bytes]:
    files = sets.generate(folder, Base(20), module, portions=2)
    return {file.name: file.path.read_bytes() for file in files}


@pytest.mark.parametrize("packing", [[], ["--zip"]])
@pytest.mark.parametrize("module", sets.MODULES)
def test_every_file_arrives_and_is_read_once(
    site: SiteWithoutOrders, module: sets.Module, packing: list[str], tmp_path: Path
) -> None:
    assert send(site, "--module", module, *packing) == 0

    assert site.unpacked() == undisturbed(tmp_path, module)
    assert site.imported == [file.name for file in sets.of_folder(tmp_path)]
    assert site.is_complete is (module == "3.1")
    versions = {asked.version for asked in site.asked if asked.mode == "init"}
    assert versions == ({None} if module == "2.07" else {"3.1"})


def test_old_modules_send_all_files_first_and_new_ones_go_kind_by_kind(site: SiteWithoutOrders) -> None:
    send(site, "--module", "2.07")
    modes = [mode for mode in site.modes() if mode in ("file", "import")]
    assert modes == ["file"] * 4 + ["import"] * 8

    site.asked.clear()
    send(site, "--module", "3.1")
    read = [asked.filename or "" for asked in site.asked if asked.mode in ("file", "import")]
    assert [sets.KINDS.index(name.partition("_")[0]) for name in read] == sorted(
        sets.KINDS.index(name.partition("_")[0]) for name in read
    )


HABITS: dict[str, tuple[list[str], Callable[[SiteWithoutOrders], bool]]] = {
    "loses the cookie": (["--loses-cookie"], lambda site: not any(asked.has_cookie for asked in site.asked)),
    "forgets the login": (
        ["--forgets-login"],
        lambda site: {asked.mode for asked in site.asked if asked.has_login} == {"checkauth"},
    ),
    "HTTP/1.0": (["--http10"], lambda site: {asked.http for asked in site.asked} == {"HTTP/1.0"}),
    "breaks off": (["--breaks-after", "3"], lambda site: site.modes().count("checkauth") == 2),
    "repeats imports": (["--repeats-imports"], lambda site: len(site.imported) == 2 * len(set(site.imported))),
    "never completes": (["--never-completes"], lambda site: "complete" not in site.modes()),
    "small parts": (["--part", "5000"], lambda site: max(asked.size for asked in site.asked) == 5000),
}


@pytest.mark.parametrize("packing", [[], ["--zip", "--part", "2000"]])
@pytest.mark.parametrize("habit", HABITS)
def test_with_each_bad_habit_the_same_files_arrive(
    site: SiteWithoutOrders, habit: str, packing: list[str], tmp_path: Path
) -> None:
    options, shows = HABITS[habit]

    assert send(site, "--module", "3.1", *packing, *options) == 0
    assert shows(site)
    assert site.unpacked() == undisturbed(tmp_path, "3.1")


@pytest.mark.parametrize("packing", [[], ["--zip"]])
def test_names_in_windows_1251(site: SiteWithoutOrders, packing: list[str], tmp_path: Path) -> None:
    assert send(site, "--windows-1251", *packing) == 0

    expected = {f"Выгрузка {name}": content for name, content in undisturbed(tmp_path, "2.07").items()}
    assert site.unpacked() == expected
    assert set(site.imported) == set(expected)


def test_parts_are_as_large_as_the_site_allows() -> None:
    with receiving(SiteWithoutOrders(limit=7000)) as site:
        assert send(site) == 0
        assert max(asked.size for asked in site.asked) == 7000


def test_a_session_of_bitrix_is_named_in_each_request() -> None:
    with receiving(SiteWithoutOrders(sessid="abc")) as site:
        assert send(site) == 0
        assert {asked.sessid for asked in site.asked if asked.mode != "checkauth"} == {"abc"}


def test_two_nodes_send_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with receiving(SiteWithoutOrders()) as one, receiving(SiteWithoutOrders()) as other:
        assert send(one, "--second-node", other.url, LOGIN, PASSWORD) == 0
        assert one.unpacked() == other.unpacked() == undisturbed(tmp_path, "2.07")
    assert all(line.startswith(f"{LOGIN}: ") for line in capsys.readouterr().out.splitlines())


def test_orders_are_asked_for_afterwards(site: SiteWithoutOrders, capsys: pytest.CaptureFixture[str]) -> None:
    assert send(site, "--orders") == 0
    assert [asked.mode for asked in site.asked if asked.kind == "sale"] == ["checkauth", "init", "query", "success"]
    assert window.ORDERS in capsys.readouterr().out


ODD = {
    "a failure": ("import", (200, "failure\nЦены без типов".encode()), f"{window.FAILURE}\n{window.SAID}\nfailure"),
    "a failure in windows-1251": ("import", (200, "failure\nНет места".encode("cp1251")), "failure\nНет места"),
    "HTML": ("import", (200, b"<html>Warning</html>"), f"{window.UNKNOWN}\n{window.SAID}\n<html>"),
    "a line before the word": ("file", (200, b"\nsuccess"), window.UNKNOWN),
    "a notice before the word": ("file", (200, b"Notice: x\nsuccess"), window.UNKNOWN),
    "an empty answer": ("import", (200, b""), f"{window.UNKNOWN}\n{window.SAID}\n{window.NOTHING}"),
    "a gateway that gives up": ("import", (502, b"Bad Gateway"), "Код состояния HTTP: 502\nBad Gateway"),
    "success with another status": ("file", (500, b"success"), window.UNKNOWN),
    "a redirect": ("checkauth", (301, b""), f"{window.NO_LOGIN}\nКод состояния HTTP: 301"),
    "no cookie": ("checkauth", (200, b"success"), window.NO_LOGIN),
    "no limits": ("init", (200, b"success"), window.UNKNOWN),
}


@pytest.mark.parametrize("answer", ODD)
def test_answers_are_judged_by_their_first_word(
    site: SiteWithoutOrders, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mode, instead, says = ODD[answer]
    site.instead[mode] = instead

    assert send(site) == 1
    said = capsys.readouterr().out
    assert says in said
    assert said.rstrip().endswith(window.FAILED)
    assert site.modes()[-1] == mode


def test_a_mark_before_the_word_is_no_matter(capsys: pytest.CaptureFixture[str]) -> None:
    with receiving(SiteWithoutOrders(encoding="utf-8-sig")) as site:
        assert send(site) == 0
    said = capsys.readouterr().out
    assert f"{window.EXTENDED}\n{window.SAID}\nтоваров 2" in said
    assert said.rstrip().endswith(window.DONE)


def test_a_wrong_password_and_a_site_that_is_away(site: SiteWithoutOrders, capsys: pytest.CaptureFixture[str]) -> None:
    assert send(site, password="другой") == 1
    assert f"{window.NO_LOGIN}\nКод состояния HTTP: 401" in capsys.readouterr().out

    assert main(["http://127.0.0.1:9/1c/1/", LOGIN, PASSWORD, *GOODS]) == 1
    assert window.NO_CONNECTION in capsys.readouterr().out


def test_a_folder_is_sent_in_the_order_of_1c(site: SiteWithoutOrders, tmp_path: Path) -> None:
    names = [
        "rests0_1.xml",
        "offers0_2.xml",
        "import0_10.xml",
        "import0_2.xml",
        "import_files/ab/x.jpg",
        "offers0_1.xml",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())

    assert main([site.url, LOGIN, PASSWORD, "--set", str(tmp_path)]) == 0
    assert list(site.files) == [
        "import_files/ab/x.jpg", "import0_2.xml", "import0_10.xml", "offers0_1.xml", "offers0_2.xml", "rests0_1.xml",
    ]  # fmt: skip
    assert site.imported == list(site.files)[1:]


def test_an_empty_file_is_one_empty_part(site: SiteWithoutOrders, tmp_path: Path) -> None:
    (tmp_path / "import.xml").touch()

    assert main([site.url, LOGIN, PASSWORD, "--set", str(tmp_path)]) == 0
    assert site.files == {"import.xml": b""}


@pytest.mark.parametrize("module", sets.MODULES)
def test_the_same_seed_makes_the_same_files(module: sets.Module, tmp_path: Path) -> None:
    made = [tmp_path / name for name in ("a", "b", "c")]
    for folder in made:
        folder.mkdir()
    one, same, other = (
        {file.name: file.path.read_bytes() for file in sets.generate(folder, Base(5, seed), module)}
        for folder, seed in zip(made, (1, 1, 2), strict=True)
    )
    assert one == same
    assert set(one.values()).isdisjoint(other.values())
