"""What every measurement works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.load.ceiling import Ceiling
from tests.load.foreign import wait_until_quiet
from tests.load.goals import GATEWAY, SQL
from tests.load.rates import WrongAnswersError, measure
from tests.load.requests import Encoder, Load
from tests.load.statements import Reading, replayed
from tests.load.table import Table
from tests.load.usage import Usage, watched


@dataclass(frozen=True)
class Bench:
    """One cluster, a client of it, the bare gateway beside it, and the table to fill."""

    cluster: Cluster
    api: Api
    token: str
    ceiling: Ceiling
    table: Table
    patience: float
    """Seconds to wait before each row for other programs to rest."""

    @property
    def encoder(self) -> Encoder:
        return Encoder(self.cluster.port, self.token)

    def database_url(self, name: str) -> str:
        """Return the address of a service's database."""
        service = next(each for each in self.cluster.components.services if each.name == name)
        return self.cluster.environment.database_url(service)

    @contextmanager
    def watched(self) -> Iterator[Usage]:
        """Wait until other programs rest, then note what the cluster uses while the context lasts."""
        wait_until_quiet(self.patience)
        with watched(self.cluster) as used:
            yield used

    def rate(self, name: str, load: Load, *, once: bool = False, reads: Reading | None = None) -> None:
        """Measure the ceilings and, in the same minute, one row of the table.

        ``reads`` does what the service does for one request: its statements are a ceiling, too.
        """
        wait_until_quiet(self.patience)
        try:
            ceilings = {GATEWAY: self.ceiling.measure().per_second}
            if reads:
                ceilings[SQL] = replayed(self.database_url("catalog"), load, reads)
            rate = measure(self.cluster.port, load, once=once, cluster=self.cluster)
        except (WrongAnswersError, RuntimeError) as error:
            self.table.fail(name, str(error))
        else:
            self.table.add(name, rate.per_second, p95=rate.p95, ceilings=ceilings, used=rate.used, units=rate.answers)
