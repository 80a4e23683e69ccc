"""What `manage.py events resync` tells again for this service."""

from ecatalog.events.resync import ResyncSource, Sources

from auth.users.rights import tell_again

SOURCES: Sources = {"users": (ResyncSource("users", tell_again),)}
