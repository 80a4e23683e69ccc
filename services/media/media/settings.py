"""Settings of the media service."""

import os
from pathlib import Path

from ecatalog.core.settings import Settings
from pydantic import Field, SecretStr

MEGABYTE = 1024 * 1024


def _processes() -> int:
    return min(os.cpu_count() or 1, 4)


class MediaSettings(Settings):
    media_folder: Path = Field(
        default=Path(".data/media"), description="the files, unless a bucket holds them, and the work in progress"
    )
    s3_bucket: str = Field(default="", description="bucket for the files; empty keeps them in `MEDIA_FOLDER`")
    s3_endpoint: str = Field(default="", description="address of the store; empty for AWS")
    s3_region: str = Field(default="us-east-1", description="region of the bucket")
    s3_access_key: str = Field(default="", description="name of the key that may read, write and list the bucket")
    s3_secret_key: SecretStr | None = Field(default=None, description="the key itself")
    picture_processes: int = Field(
        default_factory=_processes, ge=1, le=64,
        description="processes that work on pictures at once; as many as processors, at most 4, if unset",
    )  # fmt: skip
    max_upload_megabytes: int = Field(
        default=50, ge=1, le=50, description="size of a request that brings pictures; the gateway lets no larger one in"
    )
    max_image_megabytes: int = Field(default=30, ge=1, description="size of one picture")
    collect_after_hours: float = Field(default=24, ge=0, description="how long files that nothing shows are kept")

    @property
    def files(self) -> Path:
        return self.media_folder / "files"

    @property
    def scratch(self) -> Path:
        return self.media_folder / "scratch"
