"""What was applied before costs no write, by PostgreSQL's own counters; what changed is sent and nothing else."""

from ecatalog.db.database import Database

from ..connectors.commerceml.building import PRICE_TYPES, file, offer, package, price
from .loading import Loader, Numbers
from .test_values import RETAIL
from .writing import groups, products, whole

GOODS = 5000
CHANGED = range(1000, 1300)
MEMORY = ("source_record", "source_value", "source_parked", "classifier_entry")
_WRITTEN = """
    select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_user_tables where relname = any(%(tables)s)
"""


async def written(database: Database) -> int:
    """How many rows of the memory were ever written."""
    async with database.connection() as connection:
        # Each session tells its numbers when it has nothing to do; ours is asked to.
        await connection.execute("select pg_stat_force_next_flush()")
        return int(await database.fetch_value(_WRITTEN, {"tables": list(MEMORY)}))


def as_changes(*contents: str) -> list[str]:
    return [
        content.replace('СодержитТолькоИзменения="false"', 'СодержитТолькоИзменения="true"') for content in contents
    ]


def exchange(name: str = "") -> list[str]:
    """All goods with prices and stock; those of CHANGED may have another name."""
    numbers = range(GOODS)
    goods = products(set(numbers) - set(CHANGED)) + products(CHANGED, name=name)
    lists = (
        offer(f"P-{n}", f"<Цены>{price(f'{n}.5')}</Цены><Количество>{n % 7}</Количество>") for n in numbers
    )  # fmt: skip
    return [whole(goods, before=groups()), file(package("".join(lists), PRICE_TYPES))]


async def test_repeated_exchange_writes_nothing_and_changes_are_exact(loader: Loader) -> None:
    await loader.run_in_large_chunks()
    await loader.remap(RETAIL)
    first = await loader.load(*exchange())
    assert first.numbers == Numbers(3 * GOODS, created=GOODS, updated=2 * GOODS)
    unchanged = Numbers(3 * GOODS, updated=3 * GOODS, unchanged=3 * GOODS)
    before = await written(loader.database)
    repeated = await loader.load(*exchange())
    assert (repeated.numbers, await written(loader.database)) == (unchanged, before)
    changes = await loader.load(*as_changes(*exchange()))
    assert (changes.numbers, loader.sent, await written(loader.database)) == (unchanged, [], before)
    changed = await loader.load(*as_changes(*exchange("Другой")))
    assert len(loader.sent) == len(CHANGED)
    assert changed.numbers == unchanged._replace(unchanged=3 * GOODS - len(CHANGED))
    assert await written(loader.database) == before + len(CHANGED)
