import psycopg
import pytest
from ecatalog.jobs.schema import CREATE_V1, DROP_SCHEDULES_V1, DROP_V1, SCHEDULE_TABLES, SCHEDULES_V1, TABLES
from ecatalog.jobs.task import TASKS, Task
from ecatalog.testing.postgres import Postgres

from .toys import TOY, ToyArgs

_TABLES = "select tablename from pg_tables where schemaname = 'public'"


def test_tables_are_created_and_dropped_again(postgres: Postgres) -> None:
    with psycopg.connect(postgres.create_database("jobs_schema"), autocommit=True) as connection:
        for _ in range(2):
            for statement in (*CREATE_V1, *SCHEDULES_V1):
                connection.execute(statement.encode())
            assert {name for (name,) in connection.execute(_TABLES)} == TABLES | SCHEDULE_TABLES
            for statement in (*DROP_SCHEDULES_V1, *DROP_V1):
                connection.execute(statement.encode())
            assert connection.execute(_TABLES).fetchall() == []


def test_two_tasks_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="two tasks"):
        Task("toy", queue="other", args=ToyArgs, run=TOY.run, failed="")
    assert TASKS["toy"] is TOY
