"""Which service answers what."""

import pytest

from .issuer import Issuer
from .traefik import Traefik

OWNERS = {
    "auth": ["/api/token/", "/api/token/refresh/", "/api/v1/users/", "/api/v1/users/me/project/"],
    "catalog": [
        "/api/v1/project/", "/api/v1/client/", "/api/v1/nomenklatura/", "/api/v1/project/A/",
        "/api/v1/nomenklatura/export-xlsx/", "/api/v1/client/duplicates/", "/api/v1/nomenklatura/bulk-enrich/",
        "/api/v1/nomenklatura/A/B/enrich/", "/api/v1/nomenklatura/A%2FB/description-draft/",
    ],
    "integration": [
        "/api/v1/integration/", "/api/v1/integration/sync/nomenklatura/1/", "/api/v1/integration/1/mapping/",
        "/api/v1/integration-preset/", "/api/v1/source-file/1/", "/1c/1/", "/1c/1", "/1c/1/1c_exchange.php",
    ],
    "media": [
        "/api/v1/project-image/", "/api/v1/client-image/", "/api/v1/nomenklatura-image/bulk-upload/", "/media/a/b.jpg",
        "/api/v1/image-status/", "/api/v1/image-source/1/", "/api/v1/thumbnails/", "/api/v1/thumbnails/clients/",
    ],
    "location": ["/api/v1/agent-location/", "/api/v1/agent-location/trajectory/"],
    "portal": [
        "/", "/favicon.ico", "/api/docs/", "/api/redoc/", "/api/schema/", "/api/events/", "/api/events/schemas/a.b/",
        "/api/health/", "/static/docs/a.css",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("owner", "path"), [(owner, path) for owner, paths in OWNERS.items() for path in paths])
def test_path_is_answered_by_its_owner(gateway: Traefik, issuer: Issuer, owner: str, path: str) -> None:
    for method in ("GET", "POST"):
        assert gateway.send(method, path, issuer.bearer()).seen.service == owner


def test_service_learns_where_its_client_stands(gateway: Traefik) -> None:
    """Absolute addresses in answers are made of these."""
    seen = gateway.get("/api/v1/project/").seen
    assert seen.values("x-forwarded-proto") == ["http"]
    assert seen.values("x-forwarded-host") == seen.values("host") == [f"127.0.0.1:{gateway.port}"]
    assert seen.values("x-real-ip") == ["127.0.0.1"]
