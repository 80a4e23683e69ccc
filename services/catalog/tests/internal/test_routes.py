import httpx
import pytest
from ecatalog.core.ids import uuid7
from ecatalog.core.settings import DEVELOPMENT_SECRET
from ecatalog.security.internal_secret import SECRET_HEADER
from ecatalog.testing.tokens import TokenFactory

INSIDE = {SECRET_HEADER: DEVELOPMENT_SECRET}


async def make_project(client: httpx.AsyncClient, tokens: TokenFactory) -> dict[str, object]:
    body = {"code_1c": f"P-{uuid7().hex}", "name": "Дистрибуция"}
    made = await client.post("/api/v1/project/", json=body, headers=tokens.headers())
    assert made.status_code == 201
    return dict(made.json())


async def test_project_is_found_by_code_and_by_id(client: httpx.AsyncClient, tokens: TokenFactory) -> None:
    made = await make_project(client, tokens)
    for reference in (made["code_1c"], made["id"]):
        rows = await client.get("/internal/project/", params={"reference": str(reference)}, headers=INSIDE)
        assert [(row["id"], row["code_1c"], row["name"]) for row in rows.json()] == [
            (made["id"], made["code_1c"], "Дистрибуция")
        ]


@pytest.mark.parametrize("kind", ["project", "client", "nomenklatura"])
async def test_nobody_from_outside_reads_them(client: httpx.AsyncClient, tokens: TokenFactory, kind: str) -> None:
    assert (await client.get(f"/internal/{kind}/?reference=1", headers=tokens.headers())).status_code == 404
    assert (await client.get(f"/internal/{kind}/?reference=1", headers=INSIDE)).status_code == 200
