"""All pages for people share one look, at any width, and may load nothing but our own files."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from secrets import token_urlsafe

from starlette.responses import HTMLResponse

NONCE = "{nonce}"
"""The place where each answer puts its own nonce; browsers obey only styles and scripts that carry it."""

STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222;"
    "overflow-wrap:anywhere}h1{line-height:1.2}h2{margin-top:2rem}a{color:#1d4ed8}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #ddd;padding:.4rem .6rem .4rem 0;text-align:left;vertical-align:top}"
    "code{background:#f3f4f6;padding:.1rem .3rem;border-radius:3px;font-size:.9em}.type{color:#666}"
    "pre{background:#f3f4f6;padding:.8rem;white-space:pre-wrap}pre code{padding:0}"
    ".ok{color:#17803d}.unavailable{color:#b42318}"
    "@media(max-width:40rem){table,tbody,tr,td{display:block}th:not(:only-of-type){display:none}"
    "td{border:0;padding:.1rem 0}tr{border-bottom:1px solid #ddd;padding:.5rem 0}}"
)
_POLICY = (
    "default-src 'none'",
    "script-src 'self' 'nonce-{nonce}'",
    "style-src 'self' 'nonce-{nonce}'{styles}",
    "img-src 'self' data: blob:",  # drawings of the style sheets, and pictures that Swagger UI has asked for
    "connect-src 'self'",
    "worker-src blob:",  # ReDoc searches in one
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)


def html(title: str, body: str, head: str = f'<style nonce="{NONCE}">{STYLE}</style>') -> str:
    """Return a whole page."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/favicon.ico">'
        f"{head}</head><body>{body}</body></html>"
    )


class Page(HTMLResponse):
    """A page that loads nothing from others, and that no other page may frame.

    ``styles`` are the texts of styles that its scripts insert.
    """

    def __init__(self, text: str, headers: dict[str, str] | None = None, styles: Iterable[str] = ()) -> None:
        nonce = token_urlsafe(16)
        hashes = "".join(f" 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in styles)
        guards = {
            "Content-Security-Policy": "; ".join(_POLICY).format(nonce=nonce, styles=hashes),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        super().__init__(text.replace(NONCE, nonce), headers=guards | (headers or {}))
