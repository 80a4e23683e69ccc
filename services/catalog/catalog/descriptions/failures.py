"""Why a description did not come about."""

from ecatalog.jobs.task import TaskCancelled, TaskFailed
from psycopg import OperationalError

NO_KEY = "OPENAI_API_KEY is not set: descriptions are written by a model that needs it."
DATABASE_AWAY = "the database is away"
TAKEN_OVER = "another run took over rows of this one while it stood still"
OVER_BUDGET = "the limit of tokens or costs is reached"


class RowFailed(Exception):
    """One row got none; the text says why, to whoever looks after the catalog."""


class RunStopped(Exception):
    """No row will get one: there is no point in going on.

    ``setup`` means until somebody changes a setting, ``wanted`` that whoever asked for the run wanted it to end here.
    """

    def __init__(self, reason: str, *, setup: bool = False, wanted: bool = False) -> None:
        super().__init__(reason)
        self.setup = setup
        self.wanted = wanted

    def end_of_job(self) -> Exception:
        """What a handler raises for its job to end as its run did."""
        return TaskCancelled(str(self)) if self.wanted else TaskFailed(str(self))


class RunInterrupted(RunStopped, OperationalError):
    """What is left can be done by the next run; jobs wait for it as they do while the database is away."""

    def end_of_job(self) -> Exception:
        return self
