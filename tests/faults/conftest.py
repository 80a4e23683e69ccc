"""What tests of faults compare with: the numbers of a sync that nobody disturbed."""

from collections.abc import Iterator

import pytest

from deploy.local.demo.api import Api
from tests.faults.syncs import Numbers, Rows, rows_from_environment, sync_undisturbed
from tests.onec import OneC, simulated


@pytest.fixture(scope="session")
def rows() -> Rows:
    return rows_from_environment()


@pytest.fixture(scope="session")
def big_onec(rows: Rows) -> Iterator[OneC]:
    """A 1C with enough rows that a kill lands in the middle of a sync."""
    with simulated(*rows.arguments, products=rows.count, clients=0) as onec:
        yield onec


@pytest.fixture(scope="session")
def undisturbed(session_admin: Api, big_onec: OneC, rows: Rows) -> Numbers:
    return sync_undisturbed(session_admin, big_onec, rows)
