"""All examples of the API document show one agent and one place."""

from typing import Any

from ecatalog.http.samples import ANYWHERE, Facts

AGENT: dict[str, Any] = {"agent_code": "AG-007", "agent_name": "Dilshod Karimov", "agent_phone": "+998901234567"}
PLACE: dict[str, Any] = {
    "latitude": "41.311081", "longitude": "69.240562", "accuracy": "12.50", "speed": "1.20", "heading": "87.00",
    "battery_level": "76.00",
}  # fmt: skip
SENT: dict[str, Any] = {
    "latitude": 41.311081, "longitude": 69.240562, "accuracy": 12.5, "speed": 1.2, "heading": 87, "battery_level": 76,
}  # fmt: skip
MEANT: dict[str, Any] = {"is_suspect": False, "suspect_reason": None}
AT_LEAST = "Ensure this value is greater than or equal to 0."
START, END = "2026-11-20T05:15:30Z", "2026-11-20T05:41:02Z"
FIXED_AT = "2026-11-20T10:15:30+05:00"
STORED: dict[str, Any] = (
    AGENT
    | PLACE
    | {"platform": "android", "device_model": "Galaxy A15", "logged_at": FIXED_AT, "is_active": True}
    | MEANT
)

EXAMPLES: Facts = {
    ANYWHERE: {"fixed_at": FIXED_AT, "region": "TAS-01"},
    "PointIn": {"id": "0193a5c2-7d1e-7b3a-9c44-2f6f0a4d1b10", "agent_code": "AG-007", "logged_at": FIXED_AT} | SENT,
    "PointInChange": {"note": "At the client's", "address": "Amir Temur 4"},
    "PointOut": STORED,
    "PointStored": STORED | {"accuracy": None, "warnings": {"accuracy": [AT_LEAST]}},
    "Agent": AGENT,
    "CurrentPosition": AGENT | PLACE | {"age": 42} | MEANT,
    "UnstoredValue": {"field": "accuracy", "reason": AT_LEAST, "indexes": [0]},
    "BatchResult": {"received": 3, "stored": 1, "already_stored": 1, "rejected": 1, "repeated": [1]},
    "RefusedPoint": {
        "index": 2, "errors": {"latitude": ["Ensure this value is less than or equal to 90."]},
    },
    "Period": {"from": "2026-11-01", "to": "2026-11-20"},
    "RegionActivity": {"points_count": 5120},
    "RegionalActivity": {"total_points": 5120},
    "Trajectory": {"agent_code": "AG-007", "date": "2026-11-20", "points_count": 1},
    "TrackPoint": {"lat": 41.311081, "lng": 69.240562, "speed": 1.2, "acc": 12.5, "bat": 76, "time": START},
    "StopOut": {
        "lat": 41.311081, "lng": 69.240562, "from": START, "to": END, "duration": 1532,
    },
}  # fmt: skip

POINT: dict[str, Any] = {"type": "Point", "coordinates": [69.240562, 41.311081]}
LINE: dict[str, Any] = {"type": "LineString", "coordinates": [[69.240562, 41.311081], [69.241, 41.3122]]}
FEATURES: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "geometry": POINT, "properties": {"agent_code": "AG-007", "age": 42}}],
}
TRACK: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "geometry": LINE, "properties": {"agent_code": "AG-007"}}],
}
GPX = (
    '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    f'<trkpt lat="41.311081" lon="69.240562"><time>{START}</time></trkpt></trkseg></trk></gpx>'
)
MOVE = 'id: 42\nevent: move\ndata: {"agent_code":"AG-007","latitude":"41.311081","longitude":"69.240562"}\n\n'
LINES = f'{{"agent_code":"AG-007","latitude":41.311081,"longitude":69.240562,"logged_at":"{FIXED_AT}"}}\n'
