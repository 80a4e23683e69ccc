"""Field types of files in the bodies of requests, with the messages of the contract."""

from dataclasses import dataclass
from typing import Any

from ecatalog.fields.types import FieldType, Integer, invalid
from starlette.datastructures import UploadFile

from media.pictures.limits import MAX_FRAMES, MAX_PIXELS, MAX_PIXELS_HELD_SEVERAL_TIMES

NO_FILE = "No file was submitted."
NOT_A_FILE = "The submitted data was not a file. Check the encoding type on the form."
EMPTY = "The submitted file is empty."
MAX_NAME = 100
TAKEN = (
    f"JPEG, PNG, GIF, WebP or AVIF, as its content says, of at most {MAX_PIXELS // 1_000_000} million pixels"
    f" ({MAX_PIXELS_HELD_SEVERAL_TIMES['WEBP'] // 1_000_000} million as WebP or AVIF), {MAX_FRAMES} frames and"
    " `MAX_IMAGE_MEGABYTES`."
)


@dataclass(frozen=True)
class ImageFile(FieldType):
    """An uploaded file, which later turns out to be a picture or not."""

    def clean(self, value: Any) -> UploadFile:
        if not isinstance(value, UploadFile):
            raise invalid(NOT_A_FILE)
        if problem := problem_of(value):
            raise invalid(problem)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "binary", "description": TAKEN}


def problem_of(upload: UploadFile) -> str | None:
    """Return why a file is refused before anyone looks into it, or None."""
    if not upload.filename:
        return "No filename could be determined."
    if not upload.size:
        return EMPTY
    if len(upload.filename) > MAX_NAME:
        return f"Ensure this filename has at most {MAX_NAME} characters (it has {len(upload.filename)})."
    return None


@dataclass(frozen=True)
class ProjectId(Integer):
    """The project that distinguishes owners of one code; scripts of forms write ``null`` for none."""

    def _nullable(self, value: Any) -> int | None:
        return None if value == "null" else super()._nullable(value)


@dataclass(frozen=True)
class Files(FieldType):
    """All files of one name; a message about one of them stands under its number."""

    def clean(self, value: Any) -> list[Any]:
        return list(value) if isinstance(value, list | tuple) else [value]  # JSON may hold anything here

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "format": "binary"}, "description": f"Each: {TAKEN}"}
