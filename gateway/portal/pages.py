"""The start page shows what runs and its state."""

from html import escape
from typing import Any

from portal.page import html

LINKS = (
    ("/api/docs/", "Try the API", "every operation with examples, to call from the browser"),
    ("/api/redoc/", "Read the API", "the same as a reference"),
    ("/api/schema/", "OpenAPI document", 'for programs; as <a href="/api/schema/?format=json">JSON</a> too'),
    ("/api/events/", "Events", "what subscribers are told of changes, as AsyncAPI too"),
    ("/api/health/", "Health", "the state of every process, for whatever watches the system"),
)
OWNERS = {
    "auth": ("Users, roles and sign-in", "/api/token/, /api/v1/users/"),
    "catalog": ("Projects, clients and products", "/api/v1/project/, /api/v1/client/, /api/v1/nomenklatura/"),
    "integration": ("Syncs with 1C", "/api/v1/integration/"),
    "media": ("Pictures and their sizes", "/api/v1/…-image/, /api/v1/thumbnails/, /media/"),
    "location": ("Positions of agents", "/api/v1/agent-location/"),
}
SIGN_IN = """curl {base}api/token/ -H 'Content-Type: application/json' \\
    -d '{{"username": "…", "password": "…"}}'
curl '{base}api/v1/nomenklatura/?search=…' -H 'Authorization: Bearer …'"""


def start_page(report: dict[str, Any], base: str) -> str:
    """Return the page of all services and their state; ``base`` is the address of the gateway as the reader sees it."""
    services = report["services"]
    away = [name for name in OWNERS if services[name]["status"] != "ok"]
    state = f"Not ready: {', '.join(away)}." if away else "Everything is running."
    links = "".join(f'<li><a href="{url}">{name}</a>: {what}</li>' for url, name, what in LINKS)
    rows = "".join(_row(name, services[name]) for name in OWNERS)
    return html(
        "E-Catalog",
        "<h1>E-Catalog</h1><p>Products, clients and projects out of 1C:Enterprise, over one API.</p>"
        f'<p class="{"unavailable" if away else "ok"}">{state}</p><ul>{links}</ul>'
        f"<h2>First calls</h2><pre><code>{escape(SIGN_IN.format(base=base))}</code></pre>"
        "<h2>Services</h2><table><tr><th>Service</th><th>What it does</th><th>Answers</th><th>State</th></tr>"
        f"{rows}</table>",
    )


def _row(name: str, report: dict[str, Any]) -> str:
    what, paths = OWNERS[name]
    return (
        f'<tr><td><a href="/api/docs/?urls.primaryName={name}">{name}</a></td><td>{what}</td>'
        f"<td><code>{escape(paths)}</code></td>"
        f'<td class="{report["status"]}">{escape(_state(report))}</td></tr>'
    )


def _state(report: dict[str, Any]) -> str:
    reasons = [
        f"{part}: {check} {outcome}"
        for part in ("api", "worker")
        for replica in report[part]
        for check, outcome in replica.get("checks", {}).items()
        if outcome != "ok"
    ]
    return "ready" if report["status"] == "ok" else "; ".join(reasons) or "unavailable"
