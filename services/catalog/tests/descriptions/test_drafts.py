"""Drafts: what a model wrote under review, until an editor accepts or drops it."""

import pytest
from catalog.entities.client import CLIENT
from catalog.entities.registry import ENTITIES
from catalog.settings import CatalogSettings
from ecatalog.testing.tokens import TokenFactory

from tests.chat import ChatServer, text

from ..builders import Catalog
from .rows import add_clients, add_products, describe, described, sql

SHOWN = "<p>Product 1 is good.</p>"


async def test_draft_waits_until_it_is_accepted(api: Catalog, with_model: CatalogSettings) -> None:
    add_products(with_model, 2)
    before = sql(with_model, "select updated_at from nomenklatura order by id")
    assert (await describe(with_model, review=True)).done == 2
    assert (described(with_model), sql(with_model, "select count(*) from outbox")) == ({}, [(0,)])
    assert sql(with_model, "select updated_at from nomenklatura order by id") == before
    assert (await api.get("nomenklatura/N1/")).json()["enrichment_status"] == "IN_PROGRESS"
    assert (await describe(with_model)).done == 0, "a row whose draft waits is not described again"
    draft = (await api.get("nomenklatura/N1/description-draft/")).json()
    assert draft.pop("created_at")
    assert draft.pop("seconds") > 0
    assert draft == {
        "id": draft["id"], "code": "N1", "name": "Product 1", "project": None, "description": SHOWN,
        "current_description": None, "language": "uz", "model": "gpt-3.5-turbo-0125", "prompt_tokens": 80,
        "completion_tokens": 20,
    }  # fmt: skip
    accepted = await api.post("nomenklatura/N1/description-draft/", {})
    row = accepted.json()
    assert (accepted.status_code, row["description"], row["enrichment_status"]) == (200, SHOWN, "COMPLETED")
    assert row == (await api.get("nomenklatura/N1/")).json()
    assert row["last_enriched_at"]
    assert len(sql(with_model, "select data from outbox")) == 1
    assert (await api.get("nomenklatura/N1/description-draft/")).status_code == 404
    assert (await api.post("nomenklatura/N1/description-draft/", {})).status_code == 404
    kept = sql(with_model, "select description, is_draft from generated_description order by row_id")
    assert kept[0] == (SHOWN, False)


async def test_dropped_draft_leaves_the_row_as_it_was(api: Catalog, with_model: CatalogSettings) -> None:
    add_products(with_model, 1)
    await describe(with_model, review=True)
    assert (await api.delete("nomenklatura/N1/description-draft/")).status_code == 204
    assert (await api.delete("nomenklatura/N1/description-draft/")).status_code == 404
    row = (await api.get("nomenklatura/N1/")).json()
    assert (row["description"], row["enrichment_status"]) == (None, "PENDING")
    assert (await describe(with_model)).done == 1


async def test_new_draft_stands_beside_the_description_that_it_may_replace(
    api: Catalog, with_model: CatalogSettings, model: ChatServer
) -> None:
    add_products(with_model, 1)
    await describe(with_model)
    model.reply = lambda _: text("<p>newer</p>")
    await describe(with_model, overwrite=True, review=True)
    draft = (await api.get("nomenklatura/N1/description-draft/")).json()
    assert (draft["description"], draft["current_description"]) == ("<p>newer</p>", SHOWN)
    assert (await api.delete("nomenklatura/N1/description-draft/")).status_code == 204
    row = (await api.get("nomenklatura/N1/")).json()
    assert (row["description"], row["enrichment_status"]) == (SHOWN, "COMPLETED")


async def test_drafts_are_listed_oldest_first(api: Catalog, with_model: CatalogSettings) -> None:
    add_products(with_model, 5)
    await describe(with_model, at_once=1, review=True)
    await api.delete("nomenklatura/N5/")
    page = (await api.get("nomenklatura/description-draft/", limit=3)).json()
    rest = (await api.client.get(page["next"], headers=api.headers)).json()
    codes = [draft["code"] for draft in page["results"] + rest["results"]]
    assert (page["count"], sorted(codes), rest["next"]) == (4, ["N1", "N2", "N3", "N4"], None)


async def test_nobody_but_editors_sees_drafts(api: Catalog, with_model: CatalogSettings, tokens: TokenFactory) -> None:
    add_products(with_model, 1)
    await describe(with_model, review=True)
    path = "/api/v1/nomenklatura/N1/description-draft/"
    for _ in range(2):
        # The editor's answer must not be remembered for those who come after.
        assert (await api.client.get(path, headers=api.headers)).status_code == 200
        assert (await api.client.get(path)).status_code == 404
        assert (await api.client.get(path, headers=tokens.headers(2, "reader"))).status_code == 404
        listed = await api.client.get("/api/v1/nomenklatura/description-draft/", headers=tokens.headers(2, "agent"))
        assert listed.status_code == 404
    assert (await api.client.post(path, headers=tokens.headers(2, "reader"))).status_code == 403


async def test_clients_drafts_are_those_of_the_regions_that_an_editor_sees(
    api: Catalog, with_model: CatalogSettings, tokens: TokenFactory
) -> None:
    add_clients(with_model, 2)
    sql(with_model, "update client set business_region_code = client_code_1c")
    await describe(with_model, CLIENT, review=True)
    first = Catalog(api.client, tokens.headers(5, "editor", regions=("C1",)))
    listed = (await first.get("client/description-draft/")).json()
    assert [draft["code"] for draft in listed["results"]] == ["C1"]
    assert (await first.get("client/C2/description-draft/")).status_code == 404
    assert (await first.post("client/C2/description-draft/", {})).status_code == 404
    assert (await first.delete("client/C2/description-draft/")).status_code == 404
    assert (await first.post("client/C1/description-draft/", {})).json()["description"] == "<p>Client 1 is good.</p>"
    assert (await api.delete("client/C2/description-draft/")).status_code == 204


@pytest.mark.parametrize("kind", ["nomenklatura", "client"])
async def test_row_whose_code_ends_like_the_path_of_a_draft_is_meant(
    api: Catalog, with_model: CatalogSettings, kind: str
) -> None:
    make = api.make_product if kind == "nomenklatura" else api.make_client
    await make("A", name="A")
    await describe(with_model, ENTITIES[kind], review=True)
    path = f"{kind}/A/description-draft/"
    assert (await api.get(path)).json()["description"] == "<p>A is good.</p>"
    await make("A/description-draft", name="long")
    shown = await api.get(path)
    assert (shown.json()["name"], "etag" in shown.headers) == ("long", True)
    assert (await api.patch(path, {"name": "longer"})).json()["name"] == "longer"
    assert (await api.get(path)).json()["name"] == "longer"
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(f"{kind}/A/")).status_code == 200
    assert (await api.get(path)).json()["description"] == "<p>A is good.</p>"
