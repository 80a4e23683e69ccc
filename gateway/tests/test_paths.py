"""Paths: codes of 1C may hold nearly anything, everything else is held to the letter."""

from collections.abc import Iterable
from urllib.parse import quote, unquote

import pytest
from ecatalog.fields.codes import why_unreachable

from .issuer import Issuer
from .traefik import Traefik

NOT_FOUND = {"detail": "Not found."}
CODE_ROUTES = ["/api/v1/project/", "/api/v1/client/", "/api/v1/nomenklatura/"]
CODES = [
    "A/B/", "A%2FB/", "A%2fB/", "%2Fetc%2Fpasswd/", "A//B/", "//A/", "../A/", "A/../B/", "./A/", "a.b.c/", ".%2F../",
    "%D0%90%D0%91/", "%20/", "A%20B/", "A%2BB+C/", "A%252FB/", "A%25/", "A;b=1/", "A%3Bb/", "A%3Fb/", "A%23b/",
    "A'\"<>/", "export-xlsx%2F/", "%2Fexport-xlsx/", "x/export-xlsx/", "..%2Fusers/", "../../users/", "%2e%2e/users/",
    "A:B@C/",
]  # fmt: skip
FORBIDDEN = ["%00", "%0A", "%0d%0a", "%1F", "%7f", "%5C", "%5c..", "\\", "%09"]
EVERYWHERE = [*CODE_ROUTES, "/api/v1/users/", "/api/v1/thumbnails/", "/api/token/", "/media/", "/api/health/", "/nope/"]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("route", CODE_ROUTES)
def test_code_passes_as_it_was_sent(gateway: Traefik, issuer: Issuer, route: str, code: str) -> None:
    path = gateway.get(route + code, issuer.bearer()).seen.path
    assert unquote(path) == unquote(route + code)
    assert path.upper().count("%2F") == code.upper().count("%2F")


def test_code_in_plain_cyrillic_bytes_passes(gateway: Traefik) -> None:
    answer = gateway.get("/api/v1/project/" + "АБ".encode().decode("latin-1") + "/")
    assert answer.seen.path == "/api/v1/project/%D0%90%D0%91/"


@pytest.mark.parametrize("bad", FORBIDDEN)
@pytest.mark.parametrize("route", EVERYWHERE)
def test_forbidden_character_400(gateway: Traefik, issuer: Issuer, route: str, bad: str) -> None:
    for credentials in ([], [issuer.bearer()]):
        answer = gateway.get(f"{route}A{bad}B/", *credentials)
        assert answer.status == 400
        assert answer.json == {"detail": "The path holds characters that are not allowed there."}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/thumbnails/a%2Fb/", "/api/v1/users/1%2F..%2F2/", "/media/..%2Fsecret", "/media/a%2Fb.jpg",
        "/api%2Fv1/project/", "/api/v1%2Fproject/", "/api/v1/project%2FA/", "/api/v1/project%2fexport-xlsx/",
        "/api/v1/project/export-xlsx%2F", "/api/docs/%2F/", "/%2Fapi/v1/users/",
        "/media/../users/", "/api/v1/thumbnails/../users/", "/api/token/./", "/static/docs/..", "/media/.",
    ],
)  # fmt: skip
def test_slash_in_disguise_or_climbing_400(gateway: Traefik, issuer: Issuer, path: str) -> None:
    gateway.get(unquote(path), issuer.bearer())  # what it pretends to be may well be known
    assert gateway.get(path, issuer.bearer()).status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nope/", "/api/v1/nope", "/api/v1/", "/api/v1", "/api/", "/api", "/nope", "/nope/", "/media", "//",
        "/api/v1//project/", "//api/v1/users/", "/api//v1/users/", "/API/v1/project/", "/api/v1/users;x/",
        "/api/v1/users%3B/", "/api/v1/projects/", "/api/v2/project/", "/admin/", "/robots.txt", "/api/v1/PROJECT/",
        "/internal/jwks.json", "/internal/", "/api/internal/jwks.json", "/api/v1/internal/", "/health", "/health/live",
        "/health/ready", "/metrics", "/ping", "/docs", "/openapi.json", "/api/rawdata", "/dashboard/", "/debug/pprof/",
    ],
)  # fmt: skip
def test_unknown_path_404(gateway: Traefik, issuer: Issuer, path: str) -> None:
    for credentials in ([], [issuer.bearer()]):
        for method in ("GET", "POST"):
            answer = gateway.send(method, path, *credentials)
            assert (answer.status, answer.json) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/api/v1/project", "/api/v1/project/"),
        ("/api/token", "/api/token/"),
        ("/api/docs", "/api/docs/"),
        ("/api/v1/project/PROJ001", "/api/v1/project/PROJ001/"),
        ("/api/v1/client/a.b/c?project_id=1&x=%2F", "/api/v1/client/a.b/c/?project_id=1&x=%2F"),
        ("/api/v1/project/A%2F", "/api/v1/project/A%2F/"),
        ("/api/v1/project/A%2Fb", "/api/v1/project/A%2Fb/"),
        ("/api/v1/project/%D0%90", "/api/v1/project/%D0%90/"),
        ("/api/v1/project/export-xlsx", "/api/v1/project/export-xlsx/"),
        ("/api/v1/agent-location", "/api/v1/agent-location/"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_missing_final_slash_301(gateway: Traefik, method: str, path: str, target: str) -> None:
    gateway.get(path.replace("%2F", "/"))  # what it would be with its code decoded may well be known
    body = b"{}" if method in ("POST", "PUT", "PATCH") else None
    for credentials in ([], [("Authorization", "Bearer garbage")]):
        answer = gateway.send(method, path, *credentials, body=body)
        assert (answer.status, answer.headers["Location"], answer.body) == (301, target, b"")


def test_request_without_any_path_404(gateway: Traefik) -> None:
    assert gateway.get("http://elsewhere").json == NOT_FOUND


def test_picture_needs_no_final_slash(gateway: Traefik) -> None:
    assert gateway.get("/media/projects/photo.jpg").seen.path == "/media/projects/photo.jpg"


@pytest.mark.parametrize(
    "path", ["/api/v1/project/%65xport-xlsx/", "/api/v1/project/export%2Dxlsx/", "/api/v1/%63lient/"]
)
def test_other_spelling_of_a_protected_path_401(gateway: Traefik, path: str) -> None:
    assert gateway.get(path).status == 401


@pytest.mark.parametrize("signs", [range(0x80), range(0x80, 0x180), (0x2028, 0xFEFF, 0xFFFE, 0x1F600)])
def test_codes_that_services_take_are_codes_that_paths_carry(gateway: Traefik, signs: Iterable[int]) -> None:
    for sign in map(chr, signs):
        status = gateway.get(f"/api/v1/project/A{quote(sign, safe='')}B/").status
        assert status == (400 if why_unreachable(f"A{sign}B") else 200), ascii(sign)
