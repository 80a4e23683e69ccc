"""A task declares what its jobs are called, how they run, and the sentences for their failures."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from ecatalog.db.pool import Transaction

if TYPE_CHECKING:
    from ecatalog.jobs.job import Job
    from ecatalog.jobs.state import JobState

A = TypeVar("A", bound=BaseModel)
C = TypeVar("C")

PHASES: Mapping[str, str] = {"fetch": "fetching", "apply": "processing"}
"""The steps of most tasks, and what clients call a job that is in one of them."""

MORE_PHASES: Mapping[str, str] = {
    "fetch": "fetching", "compare": "processing", "apply": "processing", "settle": "processing",
}  # fmt: skip
"""Those of tasks that compare what they fetched with what was applied, and remember what they have applied."""


class TaskFailed(Exception):
    """Raised by a handler: the job ends ``failed`` with this sentence, which clients read, and with ``result``.

    With ``retry`` it is tried again as often as its task allows, and keeps the sentence of the last time.
    """

    def __init__(self, message: str | None, *, result: Any = None, retry: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.result = result
        self.retry = retry


class TaskCancelled(Exception):
    """Is raised by a handler that was asked to stop: the job ends ``cancelled`` with this sentence."""


class JobOver(Exception):
    """The job does not go on here."""


class JobEnded(JobOver):
    """The job has come to its end; there is nothing left to do."""


class JobLost(JobOver):
    """The job was cancelled, or another worker has it now."""


@dataclass(frozen=True, eq=False)
class Task(Generic[A, C]):
    """A kind of job. ``C`` is what the worker gives to its handlers: ``run(job, context)``.

    - ``lease``: seconds for which a claim lasts without a heartbeat. It only serves workers that are frozen.
    - ``max_interruptions``: how many claims may end without a word, or by a statement that exceeds a limit of
      PostgreSQL, until the job is given up.
    - ``max_failures``: errors of the handler before the job has failed; ``backoff`` gives the seconds before the next
      attempt, from the number of failures.
    - ``failed``, ``given_up``, ``mismatch``: the sentences for an unexpected error, for too many interruptions, and for
      numbers that do not add up. The latter two are the first where they are empty.
    - ``phases``: the steps in their order, and the status that clients see in each.
    - ``grace``: seconds that a cancelled handler has for saving what it received, before it is cancelled again.
    - ``on_change``: runs in the transaction of each change of the phase, and at the start and the end of a job.
    - ``cleanup``: runs once or more after the end, when nobody holds the job any longer.
    - ``keep``, ``keep_succeeded``: how long finished jobs stay; None is for ever.
    """

    name: str
    queue: str
    args: type[A]
    run: "Callable[[Job[A], C], Awaitable[None]]"
    failed: str
    given_up: str = ""
    mismatch: str = ""
    lease: float = 30.0
    max_interruptions: int = 100
    max_failures: int = 1
    backoff: Callable[[int], float] = lambda failures: 2.0**failures
    grace: float = 0.5
    phases: Mapping[str, str] = field(default_factory=dict)
    on_change: "Callable[[Transaction, JobState], Awaitable[None]] | None" = None
    cleanup: "Callable[[Transaction, C, JobState], Awaitable[None]] | None" = None
    keep: timedelta | None = None
    keep_succeeded: timedelta | None = None

    def __post_init__(self) -> None:
        if self.name in TASKS:
            raise ValueError(f"there are two tasks with the name {self.name!r}")
        TASKS[self.name] = self

    @property
    def first_phase(self) -> str:
        return next(iter(self.phases), "")


TASKS: dict[str, Task[Any, Any]] = {}
"""The tasks that this process has declared, by name."""
