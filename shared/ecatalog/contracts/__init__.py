"""Every published event. Importing this package registers all of them in ``base.REGISTRY``."""

from ecatalog.contracts import auth, catalog, integration, location, media

__all__ = ["auth", "catalog", "integration", "location", "media"]
