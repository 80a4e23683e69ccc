"""`python -m deploy.local.onec --port 8040 --generate 1000`: serves /base/ws/Catalog.1cws?wsdl until it is stopped."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from deploy.local.onec import generate, modes, rows
from deploy.local.onec.fields import OPERATIONS
from deploy.local.onec.server import OneC, serving
from deploy.local.onec.sessions import Sessions
from deploy.local.onec.stored import StoredRows


def arguments() -> argparse.Namespace:
    others = ", ".join([*modes.ANSWERS, *modes.LISTS, "bad-N"])
    parser = argparse.ArgumentParser(
        prog="python -m deploy.local.onec",
        description=f"A simulated 1C. The first segment of the path picks how it behaves: {others}.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--products", type=Path, metavar="CSV", help="products to serve instead of invented ones")
    parser.add_argument("--clients", type=Path, metavar="CSV", help="clients to serve instead of invented ones")
    parser.add_argument(
        "--column", action="append", default=[], metavar="HEADER=FIELD", help="which field a CSV column fills"
    )
    parser.add_argument("--generate", type=int, default=1000, metavar="N", help="invented products (%(default)s)")
    parser.add_argument("--generate-clients", type=int, default=200, metavar="N", help="invented clients (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed invents the same rows")
    parser.add_argument("--user", default="", help="login that is asked for, Cyrillic or not; none by default")
    parser.add_argument("--password", default="")
    parser.add_argument("--delay", type=float, default=0, metavar="SECONDS", help="thinking time before each list")
    parser.add_argument("--sessions", type=int, default=0, metavar="N", help="most sessions at once; 0: no limit")
    return parser.parse_args()


def rendered(options: argparse.Namespace) -> dict[str, StoredRows]:
    headers = dict(pair.split("=", 1) for pair in options.column)
    products: Iterable[rows.Fields] = (
        rows.read_csv(options.products, headers)
        if options.products
        else generate.products(options.generate, options.seed)
    )
    clients: Iterable[rows.Fields] = (
        rows.read_csv(options.clients, headers)
        if options.clients
        else generate.clients(options.generate_clients, options.seed)
    )
    lists = dict(zip(OPERATIONS, (products, clients), strict=True))
    return {name: StoredRows(rows.render(OPERATIONS[name][1], row) for row in found) for name, found in lists.items()}


async def serve(options: argparse.Namespace) -> None:
    sessions = Sessions(options.sessions)
    onec = OneC({}, options.user, options.password, options.delay, sessions, stored=rendered(options))
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with serving(onec, options.host, options.port) as served:
        counts = ", ".join(f"{len(found)} rows of {name}" for name, found in onec.stored.items())
        print(f"1C answers at {served.url()} with {counts}", flush=True)
        await stopped.wait()


def main() -> int:
    options = arguments()
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(options))
    except OSError as error:
        print(f"the simulated 1C cannot start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
