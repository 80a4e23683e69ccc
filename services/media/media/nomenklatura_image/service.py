"""Pictures of products."""

from dataclasses import replace

from ecatalog.entities.filters import exact, flag
from ecatalog.entities.sources import public_source

from media.images.filters import Related, images
from media.images.kind import ImageOwner
from media.images.models import NOMENKLATURA_IMAGE
from media.nomenklatura_image.schemas import NomenklaturaImage

KIND = ImageOwner(
    owner="nomenklatura",
    resource=replace(
        images(
            NOMENKLATURA_IMAGE,
            NomenklaturaImage,
            {"nomenklatura": "t.owner_id"},
            exact("code_1c"),
            exact("article_code"),
            flag("is_ai_generated"),
        ),
        anonymous={"source": public_source("t.source")},
    ),
    searched="concat_ws(' ', t.code_1c, t.article_code, t.owner_name, t.category, t.note)",
    related=(Related("nomenklatura", "nomenklatura", "owner_id"),),
)
