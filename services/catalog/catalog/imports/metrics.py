"""Counts the imports that the workers still have to do."""

from ecatalog.db.sql import compose
from ecatalog.jobs.schema import UNFINISHED
from prometheus_client import Gauge

QUEUED = Gauge("imports_unfinished", "Imports that wait for the workers, or are being worked on")

QUEUE = compose("select count(*) from job where queue = 'imports' and {unfinished}", unfinished=UNFINISHED)
"""The value of ``QUEUED``."""
