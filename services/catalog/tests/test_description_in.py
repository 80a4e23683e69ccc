"""Every way in cleans a description, and measures it after that."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from catalog import html
from catalog.chunks import service as chunks
from catalog.entities.nomenklatura import NOMENKLATURA
from catalog.html import MAX_BYTES, MAX_CHARACTERS
from catalog.imports.reader.places import SheetRow
from catalog.imports.reader.records import Records
from catalog.imports.reader.sheet import TEXT
from catalog.imports.reader.texts import SharedTexts
from catalog.settings import CatalogSettings
from ecatalog.contracts.catalog import ChunkApplied
from ecatalog.contracts.integration import ChunkReady
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from ecatalog.events.envelope import Event

from .builders import Catalog
from .imports.books import book, imported

HOSTILE = "<p onclick=x()>Choy<script>alert(1)</script><img src=x onerror=y()></p>"
GROWS = f"<p>{'&' * 300}</p>"
"""Less than a thousand characters, and more when it is cleaned."""

CLEANED = '<p>Choy<img src="x"></p>'
Written = tuple[str | None, str]
"""The description that is stored, and what is told of an error."""
WayIn = Callable[[Catalog, CatalogSettings, str], Awaitable[Written]]


async def stored(api: Catalog) -> str | None:
    found = await api.get("nomenklatura/N/")
    description: str | None = found.json().get("description") if found.status_code == 200 else None
    return description


async def by_create(api: Catalog, _: CatalogSettings, description: str) -> Written:
    answer = await api.post("nomenklatura/", {"code_1c": "N", "name": "N", "description": description})
    return await stored(api), str(answer.json().get("description")) if answer.status_code == 400 else ""


async def by_change(api: Catalog, _: CatalogSettings, description: str) -> Written:
    await api.make_product("N")
    answer = await api.patch("nomenklatura/N/", {"description": description})
    return await stored(api), str(answer.json().get("description")) if answer.status_code == 400 else ""


async def by_replacing(api: Catalog, _: CatalogSettings, description: str) -> Written:
    await api.make_product("N")
    answer = await api.put("nomenklatura/N/", {"name": "N", "description": description})
    return await stored(api), str(answer.json().get("description")) if answer.status_code == 400 else ""


async def by_bulk(api: Catalog, _: CatalogSettings, description: str) -> Written:
    rows = [{"code_1c": "N", "name": "N", "description": description}, {"code_1c": "M", "name": "M"}]
    answer = (await api.post("nomenklatura/bulk/", rows)).json()
    assert answer["results"][1]["status"] == "created"
    return await stored(api), str(answer["results"][0]["errors"].get("description", ""))


async def by_excel(api: Catalog, _: CatalogSettings, description: str) -> Written:
    rows = [{"code_1c": "N", "name": "N", "description": description}, {"code_1c": "M", "name": "M"}]
    answer = await imported(api, "nomenklatura", book("nomenklatura", *rows))
    assert await api.listed("nomenklatura", code_1c="M") == ["M"]
    return await stored(api), " ".join(answer["errors"])


async def by_1c(api: Catalog, settings: CatalogSettings, description: str) -> Written:
    project = (await api.make_project("P"))["id"]
    rows: list[dict[str, Any]] = [
        {"code_1c": "N", "name": "N", "description": description},
        {"code_1c": "M", "name": "M"},
    ]
    chunk = ChunkReady(task_id=uuid7(), chunk=0, project_id=project, sync_type="nomenklatura", rows=rows)
    event = Event(uuid7(), "", "", 0, chunk)
    database = Database(settings.dsn)
    async with database.transaction() as connection:
        await chunks.apply(connection, event)
    row = await database.fetch_row("select data from outbox where id = %s", (chunks.result_id(event.id),))
    await database.close()
    result = ChunkApplied.model_validate_json(row[0] if row else b"")
    assert await api.listed("nomenklatura", code_1c="M") == ["M"]
    return await stored(api), " ".join(failed.error for failed in result.failed)


WAYS = [by_create, by_change, by_replacing, by_bulk, by_excel, by_1c]


@pytest.mark.parametrize("way", WAYS)
async def test_description_is_cleaned(api: Catalog, settings: CatalogSettings, way: WayIn) -> None:
    assert await way(api, settings, HOSTILE) == (CLEANED, "")


@pytest.mark.parametrize("way", [by_create, by_change, by_replacing, by_bulk, by_1c])
async def test_description_is_measured_after_it_was_cleaned(
    api: Catalog, settings: CatalogSettings, way: WayIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "MAX_CHARACTERS", 1000)
    kept, told = await way(api, settings, GROWS)
    assert not kept
    assert "Ensure this field has no more than 1000 characters." in told
    assert await stored(api) is None or way in {by_change, by_replacing}


def test_description_of_a_workbook_is_measured_after_it_was_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose rows are read in a process of their own, and so only here with another limit."""
    monkeypatch.setattr(html, "MAX_CHARACTERS", 1000)
    headers = NOMENKLATURA.sheet.headers
    shape = tuple((place, TEXT) for place in range(len(headers)))
    rows = [SheetRow(1, shape, list(headers)), SheetRow(2, shape[:4], ["N", "N", "T", GROWS])]
    (record,) = Records(NOMENKLATURA.sheet, SharedTexts(None), from_1904=False).of(iter(rows))
    told = {"column": "description", "error": "Ensure this field has no more than 1000 characters."}
    assert record.errors == [told]


@pytest.mark.parametrize("way", [by_create, by_bulk, by_1c])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * MAX_CHARACTERS, ""), ("ў" * (MAX_BYTES // 2), ""),
        ("x" * (MAX_CHARACTERS + 1), f"no more than {MAX_CHARACTERS} characters."),
        ("\U0001f375" * (MAX_BYTES // 4 + 1), f"no more than {MAX_BYTES} bytes."),
    ],
    ids=["characters", "bytes", "too many characters", "too many bytes"],
)  # fmt: skip
async def test_limits_are_in_characters_and_in_bytes(
    api: Catalog, settings: CatalogSettings, way: WayIn, text: str, told: str
) -> None:
    kept, said = await way(api, settings, text)
    assert (kept, told in said) == (None if told else text, True)
    assert bool(said) == bool(told)
