"""What `manage.py events resync` tells again for this service."""

from ecatalog.events.resync import Source, Sources

from integration.integrations.service import tell_again

SOURCES: Sources = {"integrations": (Source("integration", tell_again),)}
