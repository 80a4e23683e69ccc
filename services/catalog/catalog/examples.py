"""Holds the examples of the document: one project, one client and one product, wherever they occur."""

from typing import Any

from ecatalog.http.samples import ANYWHERE, Facts

TASK = "0193a5c2-7d1e-7b3a-9c44-2f6f0a4d1b10"
SHOP = "https://shop.example.com"

PROJECT: dict[str, Any] = {"code_1c": "MAIN", "name": "Main base", "title": "Tashkent", "is_active": True}
BRIEF: dict[str, Any] = {"code_1c": "MAIN", "name": "Main base"}
CLIENT: dict[str, Any] = {
    "client_code_1c": "K-000815",
    "name": "Oq oltin savdo",
    "phone": "+998 90 123-45-67",
    "city": "Toshkent",
    "credit_limit": "15000000.00",
    "currency": "UZS",
    "country": "Uzbekistan",
    "business_region_code": "TAS-01",
    "business_region_name": "Yunusobod",
    "is_active": True,
}
PRODUCT: dict[str, Any] = {
    "code_1c": "00-00001234",
    "name": "Шоколад «Алёнка», 100 г",
    "description": "<p>Sutli shokolad.</p>",
    "barcode": "4600123456789",
    "brand": "Алёнка",
    "base_price": "12500.00",
    "currency": "UZS",
    "stock_quantity": "240.00",
    "unit_of_measure": "шт",
    "category": "Shirinliklar",
    "is_active": True,
}
PICTURE: dict[str, Any] = {
    "image": f"{SHOP}/media/nomenklatura/2026/11/alyonka.jpg",
    "image_url": f"{SHOP}/media/nomenklatura/2026/11/alyonka.jpg",
    "image_sm_url": f"{SHOP}/media/sm/nomenklatura/2026/11/alyonka.jpg",
    "image_md_url": f"{SHOP}/media/md/nomenklatura/2026/11/alyonka.jpg",
    "image_lg_url": f"{SHOP}/media/lg/nomenklatura/2026/11/alyonka.jpg",
    "image_thumbnail_url": f"{SHOP}/media/thumbnail/nomenklatura/2026/11/alyonka.jpg",
    "is_main": True,
}
PROGRESS: dict[str, Any] = {
    "status": "completed", "total": 120, "processed": 120, "created": 100, "updated": 19, "errors": 1, "done": 119,
    "progress_percent": 100,
}  # fmt: skip

EXAMPLES: Facts = {
    ANYWHERE: {
        "timestamp": "2026-11-20T05:15:30Z",
        "started_at": "2026-11-20T05:15:02Z",
        "completed_at": "2026-11-20T05:15:30Z",
        "error": "base_price: A valid number is required.",
    },
    **dict.fromkeys(("ProjectBrief", "ImageProject", "DraftProject"), BRIEF),
    **dict.fromkeys(("ProjectIn", "ProjectOut", "ProjectDetail"), PROJECT),
    **dict.fromkeys(("ClientIn", "ClientOut"), CLIENT),
    **dict.fromkeys(("NomenklaturaIn", "NomenklaturaOut", "ProductOfProject"), PRODUCT),
    "NomenklaturaInChange": {"base_price": "12900.00", "stock_quantity": "180.00"},
    "ClientInChange": {"phone": "+998 90 765-43-21", "city": "Samarqand"},
    "ProjectImage": PICTURE,
    "ClientImage": PICTURE | {"client_code_1c": "K-000815"},
    "ProductImage": PICTURE | {"code_1c": "00-00001234"},
    "ProductImageOfProject": PICTURE | {"code_1c": "00-00001234"},
    "BulkAnswer": {"created": 1},
    "BulkRow": {"code": "00-00001234", "id": 1, "errors": {}},
    "TaskStarted": {
        "task_id": TASK,
        "status_url": f"/api/v1/nomenklatura/bulk-enrich/{TASK}/",
        "message": "2 products are being described.",
    },
    "TaskStatus": PROGRESS | {"kind": "nomenklatura", "prompt_tokens": 48200, "completion_tokens": 26100},
    "TaskError": {"code": "00-00001234", "error": "The model gave no text."},
    "BulkEnrichBody": {"codes": ["00-00001234", "00-00001235"], "language": "uz"},
    "BulkClearBody": {"codes": ["00-00001234", "00-00001235"]},
    "EnrichBody": {"language": "uz", "review": True},
    "Draft": {
        "code": "00-00001234",
        "name": PRODUCT["name"],
        "description": "<p>Sutli shokolad, 100 g.</p>",
        "language": "uz",
        "model": "gpt-4o-mini",
        "prompt_tokens": 402,
        "completion_tokens": 218,
        "seconds": 2.4,
    },
    "ImportAnswer": {
        "created": 100, "updated": 19, "error_count": 1, "errors": ["Row 17, base_price: A valid number is required."],
    },
    "CellError": {
        "row": 17, "column": "base_price", "code": "00-00001234", "error": "A valid number is required.",
    },
    "ImportStarted": {"task_id": TASK, "status_url": f"/api/v1/nomenklatura/import-xlsx/{TASK}/"},
    "ImportStatus": PROGRESS | {
        "kind": "nomenklatura", "total_items": 120, "processed_items": 120, "created_items": 100, "updated_items": 19,
        "error_items": 1,
    },
}  # fmt: skip
