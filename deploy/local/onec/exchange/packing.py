"""The files of a step in one archive, as 1C packs them for a site that says zip=yes."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from deploy.local.onec.commerceml.sets import SetFile


def packed(files: Sequence[SetFile], folder: Path, number: int) -> SetFile:
    """Write the archive into a folder, under a name as 1C gives it."""
    name = f"v8_1A76_{number:x}5ae.zip"
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file.path, file.name)
    return SetFile(name, folder / name)
