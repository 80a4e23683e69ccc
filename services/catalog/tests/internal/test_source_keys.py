"""Which keys and codes are known, as integration asks before it writes anything."""

from typing import Any

import httpx
import pytest
from ecatalog.core.settings import DEVELOPMENT_SECRET
from ecatalog.db.database import Database
from ecatalog.security.internal_secret import SECRET_HEADER
from ecatalog.testing.tokens import TokenFactory

from ..chunks.test_service import apply as apply_by_code
from ..keys.chunks import apply, row

INSIDE = {SECRET_HEADER: DEVELOPMENT_SECRET}
PATH = "/internal/source-keys/"


async def asked(client: httpx.AsyncClient, project: int, **body: Any) -> dict[str, Any]:
    sent = {"project_id": project, "base": "main", "stream": "nomenklatura"} | body
    answer = await client.post(PATH, json=sent, headers=INSIDE)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_known_keys_and_codes_are_told(client: httpx.AsyncClient, database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x"), row("k2", "B", "x", deleted=True))
    await apply(database, project, row("k1", "C", "x"), base="other")
    await apply_by_code(database, project, [{"code_1c": "D", "name": "of a person"}])
    found = await asked(
        client, project, keys=["k1", "k2", "k3", "a\0"], codes=["A", "B", "C", "D", "E", "a\0", "ё" * 300]
    )
    assert found == {
        "keys": {"k1": {"code": "A", "is_deleted": False}, "k2": {"code": "B", "is_deleted": True}},
        "codes": {
            "A": {"keys": ["k1"], "bases": []}, "B": {"keys": ["k2"], "bases": []},
            "C": {"keys": [], "bases": ["other"]}, "D": {"keys": [], "bases": []},
        },
    }  # fmt: skip


async def test_other_projects_bases_and_streams_are_not_told(
    client: httpx.AsyncClient, database: Database, project: int
) -> None:
    await apply(database, project, row("k1", "A", "x"))
    nothing: dict[str, Any] = {"keys": {}, "codes": {}}
    assert await asked(client, project + 1, keys=["k1"], codes=["A"]) == nothing
    assert await asked(client, project, keys=["k1"], codes=["A"], stream="clients") == nothing
    assert await asked(client, project) == nothing
    assert await asked(client, project, keys=["k1"], base="else") == nothing


async def test_key_whose_row_is_gone_is_not_known(client: httpx.AsyncClient, database: Database, project: int) -> None:
    await apply(database, project, row("k1", "A", "x"))
    await database.execute("delete from nomenklatura where project_id = %(id)s", {"id": project})
    assert await asked(client, project, keys=["k1"], codes=["A"]) == {"keys": {}, "codes": {}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"keys": ["k"] * 1001}, "keys"),
        ({"codes": ["k"] * 1001}, "codes"),
        ({"stream": "projects"}, "stream"),
        ({"project_id": None}, "project_id"),
    ],
)
async def test_other_questions_are_refused(client: httpx.AsyncClient, body: dict[str, Any], field: str) -> None:
    sent = {"project_id": 1, "base": "main", "stream": "nomenklatura"} | body
    answer = await client.post(PATH, json=sent, headers=INSIDE)
    assert (answer.status_code, [*answer.json()]) == (400, [field])


async def test_nobody_from_outside_asks(client: httpx.AsyncClient, tokens: TokenFactory) -> None:
    sent = {"project_id": 1, "base": "main", "stream": "nomenklatura"}
    assert (await client.post(PATH, json=sent, headers=tokens.headers())).status_code == 404
