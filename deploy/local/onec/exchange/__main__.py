"""`python -m deploy.local.onec.exchange URL LOGIN PASSWORD --generate 100`: 1C sends its goods to a site."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base
from deploy.local.onec.exchange.habits import Habits
from deploy.local.onec.exchange.session import Exchange
from deploy.local.onec.exchange.site import Site


def main(arguments: Sequence[str] | None = None) -> int:
    """Do an exchange; returns 0 when 1C takes it for done. ``arguments`` are those of the command line if left out."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as folder:
        files = _files(options, Path(folder))
        nodes = [(options.url, options.login, options.password), *options.second_node]
        with ThreadPoolExecutor(len(nodes)) as threads:
            ends = list(threads.map(lambda node: _exchange(options, node, files, len(nodes) > 1), nodes))
    return 0 if all(ends) else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.onec.exchange", description=__doc__)
    parser.add_argument("url", help="the address of the site, which the integration shows as exchange_url")
    parser.add_argument("login")
    parser.add_argument("password")
    parser.add_argument(
        "--set", type=Path, metavar="DIR", help="send the files of this folder instead of invented ones"
    )
    parser.add_argument("--generate", type=int, default=100, metavar="N", help="invented goods (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed invents the same goods")
    parser.add_argument("--portions", type=int, default=1, metavar="N", help="files of each kind (%(default)s)")
    parser.add_argument("--changes", action="store_true", help="the files say that they hold changes only")
    parser.add_argument("--without-codes", action="store_true", help="goods have keys alone")
    parser.add_argument("--module", choices=sets.MODULES, default="2.07", help="the version of 1C's module")
    parser.add_argument("--zip", action="store_true", help="pack the files")
    parser.add_argument("--orders", action="store_true", help="ask for orders afterwards")
    _add_habits(parser)
    return parser.parse_args(arguments)


def _add_habits(parser: argparse.ArgumentParser) -> None:
    habits = parser.add_argument_group("bad habits")
    habits.add_argument("--loses-cookie", action="store_true", help="never sends the cookie back")
    habits.add_argument("--forgets-login", action="store_true", help="logs in at checkauth alone")
    habits.add_argument("--http10", action="store_true", help="speaks HTTP/1.0")
    habits.add_argument("--breaks-after", type=int, metavar="N", help="breaks off after N parts and begins anew")
    habits.add_argument("--repeats-imports", action="store_true", help="has each file read twice")
    habits.add_argument("--never-completes", action="store_true", help="leaves the set open")
    habits.add_argument("--part", type=int, metavar="BYTES", help="cuts smaller parts than the site allows")
    habits.add_argument("--windows-1251", action="store_true", help="has Russian names of files, in windows-1251")
    habits.add_argument(
        "--second-node", nargs=3, action="append", default=[], metavar=("URL", "LOGIN", "PASSWORD"),
        help="sends the same files there at the same time",
    )  # fmt: skip


def _files(options: argparse.Namespace, folder: Path) -> list[sets.SetFile]:
    if options.set:
        files = sets.of_folder(options.set)
    else:
        files = sets.generate(
            folder, Base(options.generate, options.seed), options.module, portions=options.portions,
            is_whole=not options.changes, has_codes=not options.without_codes,
        )  # fmt: skip
    return sets.renamed(files, lambda name: f"Выгрузка {name}") if options.windows_1251 else files


def _exchange(
    options: argparse.Namespace, node: Sequence[str], files: Sequence[sets.SetFile], is_one_of_several: bool
) -> bool:
    habits = Habits(
        loses_cookie=options.loses_cookie, forgets_login=options.forgets_login, is_http10=options.http10,
        breaks_after=options.breaks_after, repeats_imports=options.repeats_imports,
        never_completes=options.never_completes, part_size=options.part,
        names="windows-1251" if options.windows_1251 else "utf-8",
    )  # fmt: skip
    url, login, password = node
    say = _speaker(f"{login}: " if is_one_of_several else "")
    exchange = Exchange(Site(url, login, password, habits), files, options.module, habits, say, is_packed=options.zip)
    return exchange.run() and (not options.orders or exchange.ask_for_orders())


def _speaker(before: str) -> Callable[[str], None]:
    def say(text: str) -> None:
        for line in text.split("\n"):
            print(f"{before}{line}", flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
