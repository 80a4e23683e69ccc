"""What `manage.py events resync` tells again for this service."""

from ecatalog.events.resync import Source, Sources

from auth.users.rights import tell_again

SOURCES: Sources = {"users": (Source("users", tell_again),)}
