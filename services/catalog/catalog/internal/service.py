"""Current rows for the other services: to rebuild a projection, or to look one row up that it does not know yet."""

from ecatalog.db import Database

from catalog.publishing import CLIENT, NOMENKLATURA, PROJECT, Published

KINDS = {
    "project": (PROJECT, "code_1c"),
    "client": (CLIENT, "client_code_1c"),
    "nomenklatura": (NOMENKLATURA, "code_1c"),
}

_ROWS = """
    select coalesce(json_agg(r.row order by r.id), '[]'::json)
      from (select t.id, {row} as row from {table} t {which}) r
"""
_PAGE = "where t.id > %(after)s order by t.id limit %(limit)s"
_MEANT = "where t.{code} = %(code)s or t.id = %(id)s order by t.id limit 100"
MAX_ID = 2**63 - 1


async def page(database: Database, kind: str, after: int, limit: int) -> bytes:
    """The rows after an id, hidden ones too, as events tell them: a JSON array."""
    published, _ = KINDS[kind]
    return await _fetch(database, published, _PAGE, {"after": after, "limit": limit})


async def meant(database: Database, kind: str, reference: str) -> bytes:
    """The rows that a code or an id may mean, as a JSON array."""
    published, code = KINDS[kind]
    number = int(reference) if reference.isascii() and reference.isdigit() else 0
    parameters: dict[str, str | int] = {"code": reference, "id": number if number <= MAX_ID else 0}
    return await _fetch(database, published, _MEANT.format(code=code), parameters)


async def _fetch(database: Database, published: Published, which: str, parameters: dict[str, str | int]) -> bytes:
    sql = _ROWS.format(row=published.row_sql, table=published.table.name, which=which)
    return await database.fetch_json(sql, parameters) or b"[]"
