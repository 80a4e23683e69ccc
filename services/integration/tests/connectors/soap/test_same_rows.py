"""The rows of every form of answer are those of the release before mappings were data, byte for byte.

Each form has the hash of its rows. A change of one is a change of what each catalog holds, and needs a reason.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256

import pytest
from integration.connectors.soap import RejectedRow, SoapSource, SourceRow, SourceSettings
from integration.connectors.soap.batch import Kind

from deploy.local.onec import generate, rows
from deploy.local.onec.server import OneC, serving

from .answers import FORMS, ITEMS, listed
from .reading import read

OPERATIONS: dict[Kind, str] = {"nomenklatura": "GetProductList", "clients": "GetClientList"}

_FORM: dict[Kind, str] = {"nomenklatura": "223c1a605c2e4c0f", "clients": "0ddab33fa38745ef"}
_NUMBERS: dict[Kind, str] = {"nomenklatura": "8cc6bf5ad4472ad1", "clients": "a21f2202369beb74"}  # those of JSON, too
HASHES: dict[str, dict[Kind, str]] = {form: _NUMBERS if form == "json" else _FORM for form in FORMS}

_WAY: dict[Kind, str] = {"nomenklatura": "6aafc5f215940e33", "clients": "a6d0c3b0329691c6"}
HASHES_OF_WAYS: dict[str, dict[Kind, str]] = {
    "base": _WAY,
    "gzip": _WAY,
    "soap12": _WAY,
    "proxied": _WAY,
    "inverted": {"nomenklatura": "28834a0d8286a3df", "clients": "1009abb2aa5ae49f"},
    "control": {"nomenklatura": "76054b04ecdb00d4", "clients": "688db6563a90a4e6"},
    "bad-7": {"nomenklatura": "86978af74ee3bf96", "clients": "bf7d1e09e3766abd"},
}


def fingerprint(stored: Iterable[SourceRow], rejected: Iterable[RejectedRow], warnings: Iterable[str]) -> str:
    told = sha256()
    for row in stored:
        told.update(f"{row.code}\n".encode() + row.payload + b"\n")
    for wrong in rejected:
        told.update(f"{wrong.code}: {wrong.reason}\n".encode())
    told.update("\n".join(warnings).encode())
    return told.hexdigest()[:16]


@pytest.fixture(scope="module")
def rendered() -> dict[str, list[bytes]]:
    """The rows of the simulated 1C, without further habits."""
    return {
        "GetProductList": [rows.render("ProductItem", row) for row in generate.products(2000)],
        "GetClientList": [rows.render("ClientItem", row) for row in generate.clients(500)],
    }


@pytest.mark.parametrize("kind", OPERATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_form_of_an_answer_gives_the_same_rows(form: str, kind: Kind) -> None:
    found = read(FORMS[form](listed(kind), ITEMS[kind]), kind, piece=50_000)
    assert fingerprint(found.stored, found.rejected, found.outcome.warnings) == HASHES[form][kind]


@pytest.mark.parametrize("kind", OPERATIONS)
@pytest.mark.parametrize("way", HASHES_OF_WAYS)
async def test_way_of_sending_gives_the_same_rows(
    settings: Callable[..., SourceSettings], rendered: dict[str, list[bytes]], way: str, kind: Kind
) -> None:
    stored, rejected = [], []
    async with serving(OneC(rendered)) as served:
        url = served.url("base" if way == "inverted" else way)
        async with SoapSource(settings(url, invert_is_active=way == "inverted")) as source:
            async for batch in source.rows(kind, OPERATIONS[kind]):
                stored += batch.rows
                rejected += batch.rejected
    assert fingerprint(stored, rejected, source.outcome.warnings) == HASHES_OF_WAYS[way][kind]
