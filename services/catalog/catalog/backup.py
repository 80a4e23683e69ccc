"""Declares what a backup must know of this service."""

from ecatalog.runtime.backup import Backup

BACKUP = Backup(projections={"image": "media", "integration": "integration"})
