"""Settings of the media service."""

import os
from pathlib import Path

from ecatalog.settings import Settings
from pydantic import Field, SecretStr


class MediaSettings(Settings):
    """``media_folder`` holds the files, unless ``s3_bucket`` names a bucket for them; it always holds the work in
    progress."""

    media_folder: Path = Path(".data/media")
    s3_bucket: str = ""
    s3_endpoint: str = Field(default="", description="address of the store; empty for AWS")
    s3_region: str = "us-east-1"
    s3_access_key: str = ""
    s3_secret_key: SecretStr | None = None
    picture_processes: int = Field(
        default=min(os.cpu_count() or 1, 4), ge=1, le=64, description="processes that work on pictures at once"
    )
    max_upload_megabytes: int = Field(default=50, ge=1, description="size of a request that brings pictures")
    max_image_megabytes: int = Field(default=30, ge=1, description="size of one picture")
    collect_after_hours: float = Field(default=24, ge=0, description="how long files that nothing shows are kept")

    @property
    def files(self) -> Path:
        return self.media_folder / "files"

    @property
    def scratch(self) -> Path:
        return self.media_folder / "scratch"
