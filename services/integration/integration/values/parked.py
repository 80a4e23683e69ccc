"""Products that have prices or stock and are not in the catalog: parked by their keys until they come, from wherever.

Their values are kept as those of others are.
"""

from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.alarms.service import clear_alarm, raise_alarm
from integration.values.run import MOST_ASKED, VALUE_STREAMS, Ask, ValuesRun

MOST_PARKED = 200_000
"""Of a project and base; the oldest of more are forgotten."""
TOO_MANY = "More than {:,} products of the base have prices or stock and do not come; the oldest are forgotten."

# Sets are sorted or hashed whatever the planner believes of tables that fill and empty all day. The catalog stores a
# record that is marked deleted when it has a name; of another one nobody knows here whether it is there.
_DOUBTFUL = """
    select o.product_key from staged_offer o where o.job_id = %(job_id)s and o.reason is null
     union
    select p.key from source_parked p where p.project_id = %(project_id)s and p.base = %(base)s
    except (
        select r.key from staged_record r
         where r.job_id = %(job_id)s and r.stream = 'nomenklatura' and r.payload is not null and not r.is_skipped
           and not r.is_keyless
           and (r.deleted is distinct from true or r.payload::jsonb ? 'name' or r.fills::jsonb ? 'name')
        except
        select f.key from failed_row f where f.job_id = %(job_id)s and f.stream = 'nomenklatura'
    )
    except
    select r.key
      from source_snapshot s join source_record r on r.integration_id = s.integration_id and r.stream = s.stream
     where s.project_id = %(project_id)s and s.base = %(base)s and s.stream = 'nomenklatura' and not s.is_stale
       and not r.is_deleted
"""
# Products that are deleted in the base, or that the mapping leaves out, are not waited for.
_WAITED = (
    "create temporary table waited_product (key text) on commit drop",
    """
    insert into waited_product
    select u.key from unknown_product u
    except
    select r.key from staged_record r
     where r.job_id = %(job_id)s and r.stream = 'nomenklatura' and (r.deleted or r.is_skipped)
    """,
    "analyze waited_product",
)
# Whether values are left of a product is looked up for each; after it has given an empty list, nobody waits for it.
_NAMED = (
    "create temporary table named_product (stream text, key text, waits boolean, has_values boolean) on commit drop",
    """
    insert into named_product
    select x.stream, x.key, x.waits, exists (
               select from source_value v
                where v.project_id = %(project_id)s and v.base = %(base)s and v.stream = x.stream
                  and v.product_key = x.key)
      from (select o.stream, o.product_key as key, bool_or(w.key is not null) as waits
              from said_offer o left join waited_product w on w.key = o.product_key
             group by o.stream, o.product_key) x
    """,
)
_PARK = """
    insert into source_parked (project_id, base, stream, key, since)
    select %(project_id)s, %(base)s, n.stream, n.key, now() from named_product n where n.waits and n.has_values
     order by n.stream, n.key
        on conflict (project_id, base, stream, key) do nothing
"""
# Those that have come are dropped by the run that fills their columns, of whatever integration of the base it is,
# unless the catalog did not take these.
_JOINED = """
    delete from source_parked p using (
        select k.stream, k.key from source_parked k
         where k.project_id = %(project_id)s and k.base = %(base)s
           and (k.stream = any(%(filled)s::text[]) or not exists (
               select from integration i
                where i.project_id = %(project_id)s and coalesce(i.base, i.id::text) = %(base)s and not i.is_deleted
                  and i.kind <> 'soap' and i.id <> %(integration_id)s))
        except
        select v.stream, w.key from waited_product w cross join (values ('prices'), ('stock')) v(stream)
        except
        select f.stream, f.key from failed_row f where f.job_id = %(job_id)s
    ) x
     where p.project_id = %(project_id)s and p.base = %(base)s and p.stream = x.stream and p.key = x.key
"""
_EMPTIED = """
    delete from source_parked p using named_product n
     where p.project_id = %(project_id)s and p.base = %(base)s and p.stream = n.stream and p.key = n.key
       and not n.has_values
"""
_OLDEST = """
    delete from source_parked where ctid = any(array(
        select p.ctid from source_parked p where p.project_id = %(project_id)s and p.base = %(base)s
         order by p.since desc, p.stream, p.key offset %(most)s))
"""
_NUMBER = "select count(*) from source_parked p where p.project_id = %(project_id)s and p.base = %(base)s"


async def unknown_products(database: Database, run: ValuesRun, ask: Ask) -> list[str]:
    """Return the keys of products that have prices or stock, in this run or parked before it, and are in no catalog.

    Products that this run stages (neither rejected nor skipped, nor refused by the catalog, nor nameless and marked
    deleted), or that the memory of the base holds, are known; of the others the catalog is asked.
    """
    doubtful = [key for (key,) in await database.fetch_rows(_DOUBTFUL, run.key, prepare=False)]
    unknown: list[str] = []
    for begin in range(0, len(doubtful), MOST_ASKED):
        keys = doubtful[begin : begin + MOST_ASKED]
        known = frozenset(await ask(keys))
        unknown += [key for key in keys if key not in known]
    return unknown


async def park(connection: Transaction, run: ValuesRun) -> None:
    """Park the products of ``unknown_product`` that a list of this run names, and drop those that have come.

    It runs inside of :func:`linear`.
    """
    filled = [stream for stream in VALUE_STREAMS if run.chooses(stream)]
    parameters = run.key | {"filled": filled, "most": MOST_PARKED}
    for statement in (*_WAITED, *_NAMED, _PARK, _JOINED, _EMPTIED):
        await execute(connection, statement, parameters, prepare=False)
    forgotten = (await execute(connection, _OLDEST, parameters)).rowcount
    (parked,) = await (await execute(connection, _NUMBER, parameters)).fetchone() or (0,)
    if forgotten:
        message = TOO_MANY.format(MOST_PARKED)
        await raise_alarm(connection, run.integration_id, "storage", message, stream="nomenklatura")
    elif parked < MOST_PARKED // 2:  # not at once, or it would come and go with each run
        await clear_alarm(connection, run.integration_id, "storage", stream="nomenklatura")
