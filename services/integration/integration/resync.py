"""What `manage.py events resync` tells again for this service."""

from ecatalog.events.resync import ResyncSource, Sources

from integration.integrations.service import tell_again

SOURCES: Sources = {"integrations": (ResyncSource("integration", tell_again),)}
