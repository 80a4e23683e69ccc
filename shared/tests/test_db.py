from contextlib import suppress

import pytest
from ecatalog.db import Database, after_commit
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


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


async def test_failed_statement_does_not_tell_what_it_was_given(database: Database) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with database.session() as session:
            await session.execute(
                text("select 1 / :nothing, cast(:secret as text)"), {"nothing": 0, "secret": "a-hash"}
            )
    assert "a-hash" not in str(failed.value)
