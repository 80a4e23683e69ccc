"""Pictures of projects."""

from media.images.filters import images
from media.images.kind import ImageOwner
from media.images.models import PROJECT_IMAGE
from media.project_image.schemas import ProjectImage

KIND = ImageOwner(
    owner="project",
    resource=images(PROJECT_IMAGE, ProjectImage, {}),
    searched="concat_ws(' ', t.code_1c, t.owner_name, t.category, t.note)",
)
