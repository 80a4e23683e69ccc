"""Every table of this service, for its migrations."""

from media.files.models import File
from media.images.models import Image
from media.owners.models import Client, Nomenklatura, Project
from media.references.models import ImageSource, ImageStatus
from media.tables import Base

__all__ = ["Base", "Client", "File", "Image", "ImageSource", "ImageStatus", "Nomenklatura", "Project"]
