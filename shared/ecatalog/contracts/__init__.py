"""All published events. Importing this package registers each of them in ``REGISTRY``."""

from ecatalog.contracts import auth, catalog, integration, location, media
from ecatalog.contracts.base import REGISTRY

__all__ = ["REGISTRY", "auth", "catalog", "integration", "location", "media"]
