"""Chunks with any columns in any order end as a plain dictionary would, and count as it does."""

from typing import Any

from catalog.chunks.service import ENTITIES
from ecatalog.core.ids import uuid7
from ecatalog.db.database import Database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .test_service import Row, apply, stored

DEFAULTS = {"currency": "UZS", "tags": [], "is_active": True, "is_deleted": False, "popularity_score": 0}
COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "brand": st.sampled_from(["a", "b", "", None]),
    "currency": st.sampled_from(["UZS", "USD", None]),
    "base_price": st.sampled_from(["1.00", "2.50", None]),
    "expiry_date": st.sampled_from(["2027-01-01", None]),
    "tags": st.sampled_from([["x"], [], None]),
    "is_active": st.booleans(),
    "is_deleted": st.booleans(),
    "popularity_score": st.sampled_from([0, 5, None]),
}
rows = st.fixed_dictionaries(
    {"code_1c": st.sampled_from("ABCDE"), "name": st.sampled_from(["x", "y"])}, optional=COLUMNS
)
chunks = st.lists(st.lists(rows, min_size=1, max_size=5, unique_by=lambda row: row["code_1c"]), min_size=1, max_size=4)


def expected(state: dict[str, Row], chunk: list[Row]) -> tuple[int, int, int]:
    """Apply a chunk to the model; created, updated and unchanged."""
    created = updated = unchanged = 0
    for row in chunk:
        before = state.get(row["code_1c"])
        base = dict.fromkeys(COLUMNS) | DEFAULTS if before is None else before
        state[row["code_1c"]] = base | row
        created += before is None
        updated += before is not None
        unchanged += before == state[row["code_1c"]]
    return created, updated, unchanged


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chunks=chunks)
async def test_chunks_end_as_the_model_does(database: Database, chunks: list[list[Row]]) -> None:
    sql = "insert into project (code_1c, name) values (%(code)s, 'model') returning id"
    [project] = await database.execute_row(sql, {"code": uuid7().hex}) or ()
    state: dict[str, Row] = {}
    for chunk in chunks:
        wanted = expected(state, chunk)
        applied = await apply(database, project, chunk)
        assert (applied.created, applied.updated, applied.unchanged) == wanted
    found = await stored(database, project)
    prices = {code: row["base_price"] and f"{row['base_price']:.2f}" for code, row in found.items()}
    shown = {
        code: {name: row[name] for name in state[code]} | {"base_price": prices[code]} for code, row in found.items()
    }
    assert shown == state


def test_no_column_of_a_chunk_is_the_catalogs_own() -> None:
    for entity in ENTITIES.values():
        assert entity.code in entity.sourced
        assert not {"id", "project_id", "created_at", "enrichment_status"} & {*entity.sourced}
        assert entity.defaults.keys() | {*entity.sourced} <= entity.types.keys()
