"""Names the reasons why there is no description."""

from ecatalog.jobs.task import TaskCancelled, TaskFailed
from psycopg import OperationalError

NO_KEY = "OPENAI_API_KEY is not set: descriptions are written by a model that needs it."
DATABASE_AWAY = "the database is away"
TAKEN_OVER = "another run took over rows of this one while it stood still"
OVER_BUDGET = "the limit of tokens or costs is reached"


class RowFailed(Exception):
    """Is raised when one row gets no description; the text says why, to whoever looks after the catalog."""


class RunStopped(Exception):
    """Is raised when no further row would get a description.

    ``setup`` means until somebody changes a setting, ``wanted`` that whoever asked for the run wanted it to end here.
    """

    def __init__(self, reason: str, *, setup: bool = False, wanted: bool = False) -> None:
        super().__init__(reason)
        self.setup = setup
        self.wanted = wanted

    def end_of_job(self) -> Exception:
        """Return the exception that ends a job as its run ended."""
        return TaskCancelled(str(self)) if self.wanted else TaskFailed(str(self))


class RunInterrupted(RunStopped, OperationalError):
    """Stops a run whose rows can be done by the next one; a job is released, as in an outage of the database."""

    def end_of_job(self) -> Exception:
        return self
