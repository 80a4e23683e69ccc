"""Lists what ``manage.py events resync`` publishes again for this service."""

from ecatalog.events.resync import ResyncSource, Sources

from integration.alarms import service as alarms
from integration.integrations import service as integrations

SOURCES: Sources = {
    "integrations": (ResyncSource("integration", integrations.republish),),
    "alarms": (ResyncSource("source_alarm", alarms.republish),),
}
