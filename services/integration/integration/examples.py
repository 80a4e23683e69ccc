"""The values that the examples of the document show."""

from typing import Any

from ecatalog.http.samples import ANYWHERE, Facts

TASK = "0193a5c2-7d1e-7b3a-9c44-2f6f0a4d1b10"
WSDL = "http://192.168.0.10/base/ws/Catalog.1cws?wsdl"

PRICE_TYPE = "279b6812-740b-11e8-80c8-0cc47ab29cd1"
WAREHOUSE = "6abdb0b5-18fd-11e7-80c2-0cc47ab29cd1"

NUMBERS: dict[str, Any] = {
    "status": "completed", "total": 1000, "total_items": 1000, "processed": 1000, "processed_items": 1000,
    "created": 12, "created_items": 12, "updated": 987, "updated_items": 987, "unchanged": 950, "unchanged_items": 950,
    "errors": 1, "error_items": 1, "progress_percent": 100,
}  # fmt: skip

STREAMS = {
    "nomenklatura": {
        "fields": {
            "code_1c": {"from": ["Код"], "do": [], "else": ["key"]},
            "name": {"from": ["Наименование"], "do": [{"limit": 255}], "else": []},
        }
    }
}

EXAMPLES: Facts = {
    ANYWHERE: {
        "task_id": TASK,
        "timestamp": "2026-11-20T05:15:30Z",
        "started_at": "2026-11-20T05:15:02Z",
        "completed_at": "2026-11-20T05:15:30Z",
        "created_at": "2026-11-20T05:15:02Z",
        "updated_at": "2026-11-20T05:15:02Z",
        "end_time": "2026-11-20T05:15:30Z",
    },
    "IntegrationIn": {
        "name": "Main base", "project": "MAIN", "wsdl_url": WSDL, "username": "web", "password": "secret",
    },
    "IntegrationInChange": {"wsdl_url": WSDL, "timeout": 120},
    "IntegrationOut": {
        "name": "Main base", "project_name": "Main base", "project_code_1c": "MAIN", "wsdl_url": WSDL,
        "method_nomenklatura": "GetProductList", "method_clients": "GetClientList", "chunk_size": 500, "timeout": 60,
        "is_active": True, "has_password": True, "base": "1", "exchange_dialect": "standard",
        "exchange_encoding": "utf-8",
    },
    "IntegrationBrief": {"name": "Main base", "project": "Main base"},
    "MappingIn": {"preset": "commerceml", "streams": STREAMS, "stock": "total", "confirm": True},
    "RevertIn": {"confirm": True},
    "MappingOut": {"version": 2, "preset": "commerceml", "streams": STREAMS, "stock": "total"},
    "Mapping": {"preset": "commerceml", "streams": STREAMS},
    "VersionOut": {"version": 2, "preset": "commerceml", "is_current": True, "user_id": 1},
    "PresetOut": {"name": "commerceml", "kinds": ["commerceml-exchange", "commerceml-file"]},
    "CheckOut": {"ok": True, "message": "The last files came on 2026-11-20 10:15 (Asia/Tashkent), and were applied."},
    "StreamCheck": {"stream": "nomenklatura", "object": "Товар", "available": True, "count": 1000},
    "PriceTypeOut": {"key": PRICE_TYPE, "name": "Розничная", "count": 1000, "fills": ["base_price"]},
    "WarehouseOut": {"key": WAREHOUSE, "name": "Основной склад", "count": 1000, "is_counted": True},
    "SetOut": {
        "started_by": "exchange", "is_dry_run": False, "outcome": "succeeded", "files": 2, "bytes": 4_617_000,
        "missing": 0, "created_at": "2026-11-20T10:15:02.000000+05:00",
        "closed_at": "2026-11-20T10:15:20.000000+05:00", "ended_at": "2026-11-20T10:15:20.000000+05:00",
    },
    "ExchangeOut": {
        "has_password": True, "last_session_at": "2026-11-20T10:15:20.000000+05:00",
        "last_full_at": "2026-11-20T10:15:20.000000+05:00",
    },
    "SampleIn": {"stream": "nomenklatura", "limit": 20},
    "SampleOut": {"stream": "nomenklatura", "looked_at": 1000, "unknown": ["свойство:ГОСТ"]},
    "SampledRow": {
        "raw": {"Ид": "bd8c4e15-18f9-11e7-80c2-0cc47ab29cd1", "Наименование": "Чай зелёный 100 г"},
        "mapped": {"code_1c": "bd8c4e15-18f9-11e7-80c2-0cc47ab29cd1", "name": "Чай зелёный 100 г"},
    },
    "SampledField": {"name": "Наименование", "sample": "Чай зелёный 100 г", "filled": 1000, "mapped_to": ["name"]},
    "ParkedOut": {
        "key": "b9006815-7dde-11e8-80cb-70106fc831cf", "stream": "prices", "since": "2026-11-20T10:15:02.104512+05:00",
    },
    "ExchangePasswordOut": {
        "exchange_url": "https://catalog.example/1c/1/", "exchange_login": "exchange-1",
        "password": "h7Gk2mQ9xWv4Rt8Zp3Ls6Nd1",
    },
    "ScheduleIn": {"streams": ["nomenklatura"], "cron": "30 2 * * *", "time_zone": "Asia/Tashkent"},
    "ScheduleInChange": {"every_minutes": 15},
    "ScheduleOut": {
        "streams": ["nomenklatura"], "cron": "30 2 * * *", "time_zone": "Asia/Tashkent", "is_active": True,
        "next_at": "2026-11-21T02:30:00.000000+05:00", "last_at": "2026-11-20T02:30:01.104512+05:00",
        "last_status": "completed", "missed": 0, "created_at": "2026-11-01T10:15:30.123456+05:00",
        "updated_at": "2026-11-01T10:15:30.123456+05:00",
    },
    "StartedOut": {"message": "Sync of products started."},
    "StreamOut": {
        "stream": "nomenklatura", "total": 1000, "processed": 1000, "created": 12, "updated": 987, "unchanged": 950,
        "errors": 1, "parked": 0, "missing": 0, "complete": "yes",
    },
    "StatusOut": NUMBERS | {"base": "1"},
    "HistoryRow": NUMBERS | {"integration_name": "Main base", "base": "1"},
    "ItemErrorOut": {"code": "00-00001234", "error": "base_price: A valid number is required."},
}  # fmt: skip
