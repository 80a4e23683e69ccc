"""Current rows for the other services, which look up one that they do not know yet."""

from ecatalog.db.database import Database

from catalog.publishing import CLIENT, NOMENKLATURA, PROJECT

KINDS = {
    "project": (PROJECT, "code_1c"),
    "client": (CLIENT, "client_code_1c"),
    "nomenklatura": (NOMENKLATURA, "code_1c"),
}

_ROWS = """
    select coalesce(json_agg(r.row order by r.id), '[]'::json)
      from (
          select t.id, {row} as row from {table} t where t.{code} = %(code)s or t.id = %(id)s order by t.id limit 100
      ) r
"""
MAX_ID = 2**63 - 1


async def meant(database: Database, kind: str, reference: str) -> bytes:
    """The rows that a code or an id may mean, as a JSON array."""
    published, code = KINDS[kind]
    number = int(reference) if reference.isascii() and reference.isdigit() else 0
    parameters: dict[str, str | int] = {"code": reference, "id": number if number <= MAX_ID else 0}
    sql = _ROWS.format(row=published.row_sql, table=published.table.name, code=code)
    return await database.fetch_json(sql, parameters) or b"[]"
