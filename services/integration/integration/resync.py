"""Lists what ``manage.py events resync`` publishes again for this service."""

from ecatalog.events.resync import ResyncSource, Sources

from integration.integrations.service import republish

SOURCES: Sources = {"integrations": (ResyncSource("integration", republish),)}
