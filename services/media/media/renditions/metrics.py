"""How many pictures wait for their sizes, and how many sizes are made."""

from prometheus_client import Counter, Gauge

WAITING = Gauge("renditions_waiting", "Files whose sizes are still to be made; counted up to 100000")
MADE = Counter("renditions_made_total", "Sizes made after the upload, by the ending of their file", ["ending"])
FAILED = Counter("renditions_failed_total", "Attempts to make the sizes of a file that failed")

QUEUE = "select count(*) from (select from file where not is_rendered and error is null limit 100000) as waiting"
"""The value of ``WAITING``."""
