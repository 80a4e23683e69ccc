"""How many imports the workers still have to do."""

from ecatalog.jobs.schema import UNFINISHED
from prometheus_client import Gauge

QUEUED = Gauge("imports_unfinished", "Imports that wait for the workers, or are being worked on")

QUEUE = f"select count(*) from job where queue = 'imports' and {UNFINISHED}"  # noqa: S608 - a constant
"""The value of ``QUEUED``."""
