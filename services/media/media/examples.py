"""The facts that the examples of the document show: one picture, wherever it occurs."""

from typing import Any

from ecatalog.http.samples import Facts

SHOP = "https://shop.example.com"
PATH = "nomenklatura/2026/11/alyonka.jpg"
PICTURE: dict[str, Any] = {
    "category": "front",
    "note": "On the shelf",
    "is_main": True,
    "image": f"{SHOP}/media/{PATH}",
    "image_url": f"{SHOP}/media/{PATH}",
    "image_sm_url": f"{SHOP}/media/sm/{PATH}",
    "image_md_url": f"{SHOP}/media/md/{PATH}",
    "image_lg_url": f"{SHOP}/media/lg/{PATH}",
    "image_thumbnail_url": f"{SHOP}/media/thumbnail/{PATH}",
}
SENT: dict[str, Any] = {"category": "front", "note": "On the shelf", "is_main": True}
CHANGED: dict[str, Any] = {"note": "On the shelf", "is_main": True}
STATUS: dict[str, Any] = {"code": "approved", "name": "Approved", "is_active": True}

EXAMPLES: Facts = {
    "ImageProject": {"code_1c": "MAIN", "name": "Main base"},
    "NomenklaturaImageOut": PICTURE | {"code_1c": "00-00001234"},
    "ClientImageOut": PICTURE | {"client_code_1c": "K-000815"},
    "ProjectImageOut": PICTURE | {"code_1c": "MAIN"},
    "NomenklaturaImageIn": SENT | {"nomenklatura": "00-00001234"},
    "ClientImageIn": SENT | {"client": "K-000815"},
    "ProjectImageIn": SENT | {"project": "MAIN"},
    **dict.fromkeys(("NomenklaturaImageInChange", "ClientImageInChange", "ProjectImageInChange"), CHANGED),
    "NomenklaturaImageBulkIn": {"nomenklatura": "00-00001234", "images": ["front.jpg", "back.jpg"]},
    "ClientImageBulkIn": {"client": "K-000815", "images": ["front.jpg", "back.jpg"]},
    "ProjectImageBulkIn": {"project": "MAIN", "images": ["front.jpg", "back.jpg"]},
    "NomenklaturaImagesOut": {"message": "1 images uploaded."},
    "ProjectImagesOut": {"message": "1 images uploaded."},
    **dict.fromkeys(("ImageStatusIn", "ImageStatusOut"), STATUS),
    "ImageSourceIn": {"uploader_name": "Dilshod Karimov", "uploader_type": "agent", "upload_device": "Galaxy A15"},
    "ImageSourceOut": {
        "uploader_name": "Dilshod Karimov",
        "uploader_type": "agent",
        "uploader_type_display": "Agent",
        "upload_device": "Galaxy A15",
        "is_active": True,
    },
    "Feed": {"total_count": 1},
    "Thumbnail": {
        "entity_type": "nomenklatura",
        "code_1c": "00-00001234",
        "entity_name": "Шоколад «Алёнка», 100 г",
        "thumbnail_url": f"{SHOP}/media/thumbnail/{PATH}",
        "is_main": True,
    },
    "ThumbnailDimensions": {"width": 150, "height": 150, "format": "JPEG", "size": "4.1 KB"},
    "OriginalDimensions": {"width": 1600, "height": 1200, "format": "JPEG", "size_bytes": 412345, "size": "402.7 KB"},
    "Size": {"size_bytes": 412345, "size": "402.7 KB"},
}
