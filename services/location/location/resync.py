"""What `manage.py events resync` tells again for this service."""

from ecatalog.events.resync import Source, Sources

from location.positions.publishing import publish_again

SOURCES: Sources = {"positions": (Source("agent_position", publish_again, key="agent_code"),)}
