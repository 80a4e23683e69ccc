"""``manage.py events resync`` republishes the positions of agents."""

from ecatalog.events.resync import ResyncSource, Sources

from location.positions.publishing import publish_again

SOURCES: Sources = {"positions": (ResyncSource("agent_position", publish_again, key="agent_code"),)}
