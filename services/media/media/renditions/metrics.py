"""Counts the pictures that wait for their sizes, and the sizes that are rendered."""

from ecatalog.db.sql import compose
from ecatalog.jobs.schema import UNFINISHED
from prometheus_client import Counter, Gauge

WAITING = Gauge("renditions_waiting", "Files whose sizes are still to be made; counted up to 100000")
MADE = Counter("renditions_made_total", "Sizes made after the upload, by the ending of their file", ["ending"])
FAILED = Counter("renditions_failed_total", "Attempts to make the sizes of a file that failed")

QUEUE = compose(
    "select count(*) from (select from job where queue = 'renditions' and {unfinished} limit 100000) as waiting",
    unfinished=UNFINISHED,
)
"""The statement that reads the value of ``WAITING``."""
