"""What every measurement works with."""

from dataclasses import dataclass

from deploy.local.cluster import Cluster
from deploy.local.demo.api import Api
from tests.load.ceiling import Ceiling
from tests.load.foreign import wait_until_quiet
from tests.load.rates import WrongAnswersError, measure
from tests.load.requests import Encoder, Load
from tests.load.results import Table


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

    def rate(self, name: str, load: Load, *, once: bool = False) -> None:
        """Measure the ceiling and, in the same minute, one row of the table."""
        wait_until_quiet(self.patience)
        try:
            ceiling = self.ceiling.measure()
            rate = measure(self.cluster.port, load, once=once)
        except (WrongAnswersError, RuntimeError) as error:
            self.table.fail(name, str(error))
        else:
            self.table.add(name, rate.per_second, p95=rate.p95, ceiling=ceiling.per_second, foreign=rate.foreign)
