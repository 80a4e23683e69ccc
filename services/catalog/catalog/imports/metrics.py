"""How many imports the workers still have to do."""

from prometheus_client import Gauge

from catalog.imports.models import UNFINISHED

QUEUED = Gauge("imports_unfinished", "Imports that wait for the workers, or are being worked on")

QUEUE = f"select count(*) from import_task where {UNFINISHED}"  # noqa: S608 - a constant
"""The value of ``QUEUED``."""
