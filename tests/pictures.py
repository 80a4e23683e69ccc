"""Pictures for tests through the gateway."""

import os
from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from deploy.local.demo.api import Api


def noise(side: int) -> bytes:
    """A picture that is like no other and cannot be compressed: three bytes a pixel."""
    file = BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(file, "PNG", compress_level=0)
    return file.getvalue()


def upload(http: httpx.Client, kind: str, owner: str | int, body: bytes, **fields: str) -> httpx.Response:
    """One picture of a project, client or product."""
    files = {"image": ("photo.png", body, "image/png")}
    return http.post(f"/api/v1/{kind}-image/", data={kind: str(owner), **fields}, files=files)


def uploaded(api: Api, kind: str, owner: str | int, body: bytes, **fields: str) -> dict[str, Any]:
    """The row of a new picture."""
    response = upload(api.http, kind, owner, body, **fields)
    assert response.status_code == 201, response.text
    row: dict[str, Any] = response.json()
    return row
