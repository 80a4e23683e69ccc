"""The five files of a set in any order: parsed, compared and applied by the catalog's engine, they end in one state."""

from collections.abc import AsyncIterator, Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from catalog.settings import CatalogSettings
from ecatalog.db.database import Database
from ecatalog.http.internal_client import InternalClient
from ecatalog.testing.databases import empty
from integration.settings import IntegrationSettings

from deploy.local.onec.commerceml import sets
from deploy.local.onec.commerceml.goods import Base

from ..builders import add_integration, add_project
from ..keyed import KeyedCatalog
from .engine import EngineApi, EngineLoader

BASE = Base(24)
CLASSIFIER, GOODS = 0, 1
ORDERS = list(permutations(range(5)))[::10]  # each file comes first in some, and last
State = dict[str, Sequence[Any]]

_ROWS = """
    select r.key, r.is_marked, r.hidden_by_base, to_jsonb(t) - '{id,project_id,created_at,updated_at,search}'::text[]
      from nomenklatura_ref r join nomenklatura t on t.id = r.row_id where r.project_id = %(id)s order by r.key
"""
_MEMORY = """
    select stream, key, code, is_stand_in, is_deleted, groups, labels, hash from source_record
     where integration_id = %(id)s order by stream, key
"""
_VALUES = """
    select stream, key, of, coefficient, min_quantity, product_key, value, currency from source_value
     where project_id = %(id)s order by stream, key, of, coefficient, min_quantity
"""
_WORDS = """
    select classifier, sort, key, name, parent_key, data from classifier_entry
     where integration_id = %(id)s order by classifier, sort, key
"""
_PARKED = "select stream, key from source_parked where project_id = %(id)s order by stream, key"


@pytest.fixture
async def engine(migrated: Callable[[str], str]) -> AsyncIterator[Database]:
    """The catalog's database, with a project for each order."""
    settings = CatalogSettings(database_url=migrated("catalog"))
    empty(settings.dsn)  # the ids of projects begin with 1, whatever others have left
    database = Database(settings.dsn)
    await database.open()
    for number in range(1, len(ORDERS) + 1):
        await database.execute(
            "insert into project (code_1c, name) values (%(code)s, %(code)s)", {"code": f"P-{number}"}
        )
    yield database
    await database.close()
    empty(settings.dsn)


@pytest.fixture
async def loader(settings: IntegrationSettings, database: Database, engine: Database) -> AsyncIterator[EngineLoader]:
    """Loads files of the integrations 1 and so on, each of which has a project of its own and chosen prices."""
    api = EngineApi(engine)
    client = InternalClient(settings, timeout=20)
    loader = EngineLoader(database, KeyedCatalog(), settings.model_copy(update={"catalog_url": api.url}), client)
    loader.engine = engine
    chosen = {
        "preset": "commerceml", "price_types": {"base_price": BASE.price_types[0].key},
        "stock": [one.key for one in BASE.warehouses[:2]],
    }  # fmt: skip
    for number in range(1, len(ORDERS) + 1):
        await add_project(database, number, f"P-{number}")
        await add_integration(database, "", kind="commerceml-file", project_id=number)
        await loader.remap(chosen, number)
    yield loader
    await client.close()
    api.close()


async def state_of(loader: EngineLoader, number: int) -> State:
    """All that the catalog holds of a project, and all that is remembered of its integration."""
    kept = {"memory": _MEMORY, "values": _VALUES, "words": _WORDS, "parked": _PARKED}
    about = {"id": number}
    rows = {name: await loader.database.fetch_rows(statement, about) for name, statement in kept.items()}
    return {"rows": await loader.engine.fetch_rows(_ROWS, about), **rows}


@pytest.fixture
def files(tmp_path: Path) -> list[tuple[str, bytes]]:
    """The classifier, the goods, the offers, the prices and the stock."""
    made = [(one.name, one.path.read_bytes()) for one in sets.generate(tmp_path, BASE, "3.1")]
    assert len(made) == 5
    return made


def assert_one_state(states: Sequence[State]) -> None:
    first = states[0]
    assert (len(first["rows"]), len(first["memory"]), first["parked"]) == (BASE.count, BASE.count, [])
    assert {(row["code_1c"], row["unit_of_measure"]) for *_, row in first["rows"] if row["base_price"]} == {
        (good.code, good.unit) for good in BASE.goods() if not good.is_deleted
    }  # fmt: skip
    for order, state in zip(ORDERS, states, strict=True):
        assert state == first, order


async def test_five_files_of_one_upload_in_twelve_orders_end_in_one_state(
    loader: EngineLoader, files: list[tuple[str, bytes]]
) -> None:
    states = []
    for number, order in enumerate(ORDERS, 1):
        loaded = await loader.load_files(dict(files[at] for at in order), number)
        assert loaded.numbers.errors == 0
        states.append(await state_of(loader, number))
    assert_one_state(states)


async def test_five_files_one_by_one_in_twelve_orders_end_in_one_state(
    loader: EngineLoader, files: list[tuple[str, bytes]]
) -> None:
    states = []
    for number, order in enumerate(ORDERS, 1):
        # 1C sends the words before the goods. When they come late, the goods bring them with their next list.
        again = [GOODS] if order.index(CLASSIFIER) > order.index(GOODS) else []
        for name, content in map(files.__getitem__, [*order, *again]):
            assert (await loader.load_files({name: content}, number)).numbers.errors == 0
        states.append(await state_of(loader, number))
    assert_one_state(states)
