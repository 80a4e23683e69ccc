"""A problem that stops the cluster is described in one line."""


class ClusterError(Exception):
    """The cluster cannot start or go on. The message is one line for a person: what is wrong and what to do."""


def first_problem(error: BaseException) -> ClusterError | None:
    """Return the ClusterError that ``error`` is, or that a group of failed tasks holds."""
    if isinstance(error, ClusterError):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(first_problem, error.exceptions)), None)
    return None
