from contextlib import suppress

from ecatalog.db import Database, after_commit
from sqlalchemy import text


async def test_what_waits_for_a_commit_happens_once_and_never_after_a_rollback(database: Database) -> None:
    done: list[str] = []
    async with database.session() as session:
        after_commit(session, lambda: done.append("kept"))
        async with session.begin_nested():
            await session.execute(text("select 1"))
        assert not done
    with suppress(RuntimeError):
        async with database.session() as session:
            after_commit(session, lambda: done.append("lost"))
            await session.execute(text("select 1"))
            raise RuntimeError
    assert done == ["kept"]
