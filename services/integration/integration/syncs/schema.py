"""The tables of syncs that no class stands for: the migrations make them, and the statements of this package use them.

``staged_row`` holds a row of the source on its way to the catalog: ``payload`` is its JSON, or ``reason`` says what is
wrong; ``n`` is its position in the source's list, ``list`` the number of that list among those of the answer. The table
is logged: a crash of PostgreSQL empties an unlogged one, and a list that is fetched again after some of it was applied
would be counted differently. It has no key: a worker that takes a job over must not wait for the uncommitted rows of
one that is frozen; which of the two commits is decided by the fence.

``sync_chunk`` is a part of a job that travels as one command: the staged rows ``first_n`` to ``last_n``, of which there
are ``rows``. It is ``applied`` once its result was added to the job.
"""

TABLES = frozenset({"staged_row", "sync_chunk"})

ROWS_OF_A_RUN = (
    "staged_row", "staged_record", "staged_offer", "staged_value", "staged_entry", "ready_row", "failed_row",
)  # fmt: skip
"""The tables whose rows go with the run that they are of."""
