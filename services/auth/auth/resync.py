"""Lists what ``manage.py events resync`` publishes again for this service."""

from ecatalog.events.resync import ResyncSource, Sources

from auth.users.rights import republish_rights

SOURCES: Sources = {"users": (ResyncSource("users", republish_rights),)}
