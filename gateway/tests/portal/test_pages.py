"""The pages load nothing from outside, obey no foreign script, and fit a phone."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest
from portal import viewers
from portal.kept import FAVICON
from portal.main import create
from portal.settings import PortalSettings
from portal.viewers import ASSETS, REDOC_CHANGES, SWAGGER_STYLE

PAGES = ["/", "/api/docs/", "/api/redoc/", "/api/events/"]


@pytest.fixture(scope="module")
async def portal() -> AsyncIterator[httpx.AsyncClient]:
    nowhere = {f"{name}_{kind}": "http://127.0.0.1:9" for name in ("auth", "media") for kind in ("url", "worker_url")}
    app = create(PortalSettings.model_validate(nowhere))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gate") as client,
    ):
        yield client


class Elements(HTMLParser):
    """All elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def policy(answer: httpx.Response) -> dict[str, set[str]]:
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: set(values) for name, *values in parts}


@pytest.mark.parametrize("path", PAGES)
async def test_page_leaves_nothing_to_strangers(portal: httpx.AsyncClient, path: str) -> None:
    allowed = policy(await portal.get(path))
    assert allowed["default-src"] == allowed["base-uri"] == allowed["frame-ancestors"] == {"'none'"}
    every = set().union(*allowed.values())
    assert {
        value for value in every if not re.fullmatch(r"'(none|self|nonce-.+|sha256-.+)'|data:|blob:", value)
    } == set()
    assert {"data:", "blob:"}.isdisjoint(allowed["script-src"] | allowed["style-src"] | allowed["connect-src"])


@pytest.mark.parametrize("path", PAGES)
async def test_page_signs_its_scripts_and_styles_anew_each_time(portal: httpx.AsyncClient, path: str) -> None:
    first, second = await portal.get(path), await portal.get(path)
    (nonce,) = re.findall("'nonce-([^']+)'", " ".join(policy(first)["script-src"]))
    inline = [
        attributes
        for tag, attributes in Elements(first.text).found
        if tag == "style" or (tag == "script" and "src" not in attributes)
    ]
    assert inline
    assert {attributes.get("nonce") for attributes in inline} == {nonce}
    assert not any(name in {"style", "onclick", "onload"} for _, each in Elements(first.text).found for name in each)
    assert nonce not in second.text


@pytest.mark.parametrize("path", PAGES)
async def test_page_fits_a_phone(portal: httpx.AsyncClient, path: str) -> None:
    page = (await portal.get(path)).text
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert "@media(max-width" in page or "<table" not in page


async def test_redoc_asks_its_makers_for_nothing(portal: httpx.AsyncClient) -> None:
    script = await portal.get(f"{ASSETS}/redoc/redoc.standalone.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert not [theirs for theirs in REDOC_CHANGES if theirs in script.text]
    assert "cdn." not in script.text
    assert (await portal.get(f"{ASSETS}/redoc/logo-mini.svg")).headers["content-type"] == "image/svg+xml"


def test_redoc_that_is_another_than_ours_is_not_served_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REDOC_CHANGES, "not in there", "")
    with pytest.raises(RuntimeError, match="ReDoc has changed"):
        viewers.redoc_script.__wrapped__()


async def test_style_that_swagger_is_allowed_is_the_one_it_makes(portal: httpx.AsyncClient) -> None:
    assert SWAGGER_STYLE in (await portal.get(f"{ASSETS}/swagger/swagger-ui-standalone-preset.js")).text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/favicon.ico", "image/x-icon"),
        (f"{ASSETS}/redoc/redoc.standalone.js", "text/javascript"),
        (f"{ASSETS}/swagger/swagger-ui.css", "text/css"),
    ],
)
async def test_file_is_kept_for_a_day_and_then_asked_for_by_its_tag(
    portal: httpx.AsyncClient, path: str, kind: str
) -> None:
    answer = await portal.get(path)
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["cache-control"] == "public, max-age=86400"
    again = await portal.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])


def test_favicon_is_an_icon_of_several_sizes() -> None:
    reserved, icon, count = (int.from_bytes(FAVICON[at : at + 2], "little") for at in (0, 2, 4))
    assert (reserved, icon) == (0, 1)
    assert {FAVICON[6 + 16 * each] for each in range(count)} >= {16, 32}


async def test_start_page_says_what_is_not_running(portal: httpx.AsyncClient) -> None:
    page = (await portal.get("/")).text
    assert re.search(r'<p class="unavailable">Not ready: .*auth.*media', page)
    assert "curl http://gate/api/token/" in page
