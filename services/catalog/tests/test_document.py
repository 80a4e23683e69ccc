"""The OpenAPI document says what the routes take and give."""

from typing import Any

import httpx
import pytest
from ecatalog.excel.writer import MEDIA_TYPE


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.get("/openapi.json")).json()
    return answer


async def test_lists_name_their_filters_and_pages(document: dict[str, Any]) -> None:
    parameters = {
        path: {parameter["name"] for parameter in document["paths"][f"/api/v1/{path}/"]["get"]["parameters"]}
        for path in ("project", "client", "nomenklatura", "nomenklatura/duplicates")
    }
    common = {"search", "ordering", "page", "page_size", "limit", "offset", "cursor", "is_active", "created_from"}
    assert all(common <= names for names in parameters.values())
    assert {"price_min", "in_stock", "brand_contains", "project_id"} <= parameters["nomenklatura"]
    assert {"email_contains", "client_code_1c"} <= parameters["client"]


async def test_bodies_require_what_their_method_does(document: dict[str, Any]) -> None:
    required = {}
    for method, path in (
        ("post", "/api/v1/project/"), ("put", "/api/v1/project/{code}/"), ("patch", "/api/v1/project/{code}/"),
    ):  # fmt: skip
        body = document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        required[method] = document["components"]["schemas"][body.rpartition("/")[2]].get("required", [])
    assert required == {"post": ["code_1c", "name"], "put": ["name"], "patch": []}


async def test_answers_have_their_schema(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/nomenklatura/{code}/"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/NomenklaturaOut"}
    assert operation["security"] == [{}, {"bearer": []}]
    assert document["paths"]["/api/v1/client/"]["get"]["security"] == [{"bearer": []}]
    assert not any(path.startswith("/internal") for path in document["paths"])


async def test_descriptions_are_asked_for_and_tell_their_tasks(document: dict[str, Any]) -> None:
    paths, schemas = document["paths"], document["components"]["schemas"]
    enrich = paths["/api/v1/nomenklatura/{code}/enrich/"]["post"]
    assert enrich["responses"]["202"]["content"]["application/json"]["schema"]["$ref"].endswith("/TaskStarted")
    assert enrich["security"] == [{"bearer": []}]
    assert schemas["BulkEnrichBody"]["properties"]["language"]["enum"] == ["uz", "ru", "en"]
    assert "required" not in schemas["EnrichBody"]
    drafts = paths["/api/v1/nomenklatura/description-draft/"]["get"]
    assert {"limit", "offset", "page"} <= {parameter["name"] for parameter in drafts["parameters"]}
    assert {"get", "post", "delete"} == set(paths["/api/v1/client/{code}/description-draft/"])


async def test_workbooks_are_told_from_json_and_have_no_pages(document: dict[str, Any]) -> None:
    export = document["paths"]["/api/v1/client/export-xlsx/"]["get"]
    assert list(export["responses"]["200"]["content"]) == [MEDIA_TYPE]
    names = {parameter["name"] for parameter in export["parameters"]}
    assert {"search", "ordering", "email_contains"} <= names
    assert not {"page", "limit", "cursor"} & names
