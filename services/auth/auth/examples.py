"""The values that the examples of the document show."""

from ecatalog.http.samples import ANYWHERE, Facts

TOKEN = "eyJhbGciOiJFZERTQSIsImtpZCI6IjEiLCJ0eXAiOiJKV1QifQ.eyJ1c2VyX2lkIjo3fQ.c2lnbmF0dXJl"  # noqa: S105 - nobody's
CLIENT_REGIONS = [{"code": "TAS-01", "name": "Yunusobod"}]

EXAMPLES: Facts = {
    ANYWHERE: {
        "username": "dilshod",
        "refresh": TOKEN,
        "access": TOKEN,
        "token": TOKEN,
        "created_at": "2026-11-20T10:15:30.123456+05:00",
        "updated_at": "2026-11-20T10:15:30.123456+05:00",
        "code_1c": "MAIN",
        "profile_code_1c": "AG-007",
    },
    "Credentials": {"password": "correct horse battery"},
    "UserBody": {
        "password": "correct horse battery",
        "first_name": "Dilshod",
        "last_name": "Karimov",
        "role": "agent",
        "business_regions": CLIENT_REGIONS,
        "project": "MAIN",
    },
    "UserRow": {
        "id": 7,
        "first_name": "Dilshod",
        "last_name": "Karimov",
        "email": "dilshod@example.com",
        "role": "agent",
        "is_active": True,
        "business_regions": CLIENT_REGIONS,
        "project": 1,
    },
    "AuthProject": {"name": "Main base", "code": "MAIN"},
    "MappedProject": {"name": "Main base"},
}
