"""The table of alarms, which no class stands for: the migrations make it, and the statements of this package use it.

``source_alarm`` holds each alarm for ever: it is open until ``cleared_at``, and of one kind, integration and stream at
most one is open. ``stream`` is "" where an alarm concerns the source as a whole.
"""

TABLES = frozenset({"source_alarm"})
