"""Many rows in one request: what became of each."""

from typing import Any

import pytest

from deploy.local.demo.api import Api
from tests.golden.books import CODES
from tests.golden.conftest import SignIn
from tests.golden.recording import Recording

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("kind", CODES)
def test_bulk(golden: Recording, admin: Api, user: SignIn, anonymous: Api, kind: str) -> None:
    path, code = f"/api/v1/{kind}/bulk/", CODES[kind]
    first, second = f"GOLDEN-bulk-{kind}-A", f"GOLDEN-bulk-{kind}-B"
    rows: list[Any] = [
        {code: first, "name": "First"}, {code: second, "name": "x" * 300}, {"name": "No code"}, "no row", {},
        {code: first, "name": "The same code again"}, {code: second, "name": None},
        {code: second, "is_active": "maybe"},
    ]  # fmt: skip
    golden.post("first time", admin, path, json=rows)
    golden.post("again", admin, path, json={"rows": rows})
    golden.post("one", admin, path, json=[{code: first}])
    golden.post("no rows", admin, path, json=[])
    golden.post("too many rows", admin, path, json=[{code: first}] * 1001)
    golden.post("no list", admin, path, json={code: first})
    golden.post("a text", admin, path, json="text")
    golden.post("no JSON", admin, path, content=b"{", headers={"Content-Type": "application/json"})
    golden.post("a form", admin, path, data={code: first})
    golden.get("by GET", admin, path)
    for name, api in {"agent": user("agent"), "reader": user("reader"), "nobody": anonymous}.items():
        golden.post(name, api, path, json=[])
    once = {"Idempotency-Key": f"golden-{kind}"}
    golden.post("with a key", admin, path, json=[{code: second, "name": "Second"}], headers=once)
    golden.post("with the same key", admin, path, json=[{code: second, "name": "Second"}], headers=once)
    golden.compare()
