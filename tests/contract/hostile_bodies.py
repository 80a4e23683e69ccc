"""Bodies that nobody means well with."""

import json
from collections.abc import Callable
from typing import Any

from tests.contract.raw import INTEGRATIONS, PRODUCTS, TOKENS, USERS, Sent

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
MEGABYTES = 10_000_000
CODE = "hostile-1"


def product(**fields: Any) -> Sent:
    """A product that would be made if only ``fields`` were right."""
    return Sent("POST", PRODUCTS, json.dumps({"code_1c": CODE, "name": "x", **fields}).encode())


def spelled(fields: str) -> Sent:
    """The same, its JSON spelled by hand."""
    return raw(f'{{"code_1c": "{CODE}", "name": "x", {fields}}}')


def raw(body: str | bytes, kind: str = "application/json", path: str = PRODUCTS, method: str = "POST") -> Sent:
    return Sent(method, path, body if isinstance(body, bytes) else body.encode(), {"Content-Type": kind})


def multipart(*parts: str, kind: str = MULTIPART) -> Sent:
    return raw("".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--b--\r\n", kind)


BODIES = {
    "list": raw("[]"),
    "list of rows": raw('[{"code_1c": "a", "name": "b"}]'),
    "text": raw('"x"'),
    "null": raw("null"),
    "number": raw("5"),
    "true": raw("true"),
    "nothing": raw(""),
    "blank": raw("  "),
    "broken": raw('{"name": '),
    "trailing": raw('{"name": "x"} x'),
    "single quotes": raw("{'name': 'x'}"),
    "comment": raw('{"name": "x"} // y'),
    "levels of lists": raw("[" * 100_000 + "]" * 100_000),
    "levels of objects": raw('{"a":' * 100_000 + "1" + "}" * 100_000),
    "open levels": raw("[" * 100_000),
    "levels in a field": spelled(f'"tags": {"[" * 1000}{"]" * 1000}'),
    "300 levels in a field": spelled(f'"metadata": {"[" * 300}{"]" * 300}'),
    "levels in text": raw(f"code_1c=a&name=b&tags={'[' * 100_000}", FORM),
    "NUL": product(name="a\x00b"),
    "NUL in JSON": product(tags=["a\x00"]),
    "NUL in a key": product(metadata={"\x00": 1}),
    "NUL as code": product(code_1c="\x00"),
    "raw NUL": raw(b'{"name": "a\x00"}'),
    "NUL in a form": raw("code_1c=%00&name=x", FORM),
    "lone surrogate": spelled('"title": "\\ud800"'),
    "low surrogate first": spelled('"title": "\\udc00\\ud800"'),
    "surrogate in bytes": raw(b'{"name": "\xed\xa0\x80"}'),
    "surrogate in a key": spelled('"\\ud800": 1'),
    "surrogate in JSON": spelled('"metadata": {"a": "\\ud800"}'),
    "Latin-1": raw('{"name": "é"}'.encode("latin-1")),
    "cp1251": raw('{"name": "Молоко"}'.encode("cp1251")),
    "UTF-16": raw('{"name": "x"}'.encode("utf-16")),
    "byte order mark": raw('\ufeff{"name": "x"}'),
    "overlong": raw(b'{"name": "\xc0\xaf"}'),
    "compressed": raw(b"\x1f\x8b\x08\x00"),
    "NaN": spelled('"base_price": NaN'),
    "Infinity": spelled('"base_price": -Infinity'),
    "1e400": spelled('"base_price": 1e400'),
    "1e400 in JSON": spelled('"metadata": [1e400]'),
    "5000 digits": spelled(f'"popularity_score": {"9" * 5000}'),
    "text NaN": product(base_price="NaN"),
    "text sNaN": product(rating="sNaN"),
    "text Infinity": product(base_price="Infinity"),
    "text 1e400": product(base_price="1e400"),
    "1e999999999": product(base_price="1e999999999"),
    "2^31": product(popularity_score=2**31),
    "-2^31-1": product(popularity_score=-(2**31) - 1),
    "2^63": product(project_id=2**63),
    "2^70": product(project_id=2**70),
    "-1": product(project_id=-1),
    "1.5": product(popularity_score=1.5),
    "project as list": product(project_id=[1]),
    "project as object": product(project_id={"id": 1}),
    "true as number": product(base_price=True),
    "year 0": product(expiry_date="0000-01-01"),
    "30 February": product(expiry_date="2026-02-30"),
    "before year 1": product(last_enriched_at="0001-01-01T00:00:00+14:00"),
    "after year 9999": product(last_enriched_at="9999-12-31T23:59:59-14:00"),
    "hour 25": product(last_enriched_at="2026-01-01T25:00"),
    "offset 99:99": product(last_enriched_at="2026-01-01T00:00+99:99"),
    "list as text": product(name=["x"]),
    "object as text": product(name={}),
    "true as text": product(name=True),
    "list as flag": product(is_active=[]),
    "list as date": product(expiry_date=[]),
    "list as choice": product(enrichment_status=[]),
    "file as text": multipart('name="name"; filename="a"\r\n\r\nx'),
    "file as JSON": multipart(
        *(f'name="{name}"\r\n\r\nx' for name in ("code_1c", "name")), 'name="tags"; filename="a"\r\n\r\n[]'
    ),
    "file as choice": multipart('name="enrichment_status"; filename="a"\r\n\r\nx'),
    "nameless part": multipart("\r\n\r\nx"),
    "no boundary": raw("--b\r\n", "multipart/form-data"),
    "wrong boundary": multipart('name="a"\r\n\r\nx', kind="multipart/form-data; boundary=c"),
    "long part header": multipart(f'name="{"a" * 100_000}"\r\n\r\nx'),
    "charset utf-7": multipart('name="name"\r\n\r\n+2AA-', kind=f"{MULTIPART}; charset=utf-7"),
    "charset undefined": multipart('name="name"\r\n\r\nx', kind=f"{MULTIPART}; charset=undefined"),
    "plain text": raw("x", "text/plain"),
    "XML": raw("<x/>", "application/xml"),
    "no type": raw("{}", ""),
    "any type": raw("{}", "*/*"),
    "odd type": raw("{}", "application/json-patch+json"),
    "long type": raw("{}", "a" * 5000),
    "list to PATCH": raw("[]", path=f"{PRODUCTS}{CODE}/", method="PATCH"),
    "list to PUT": raw("[{}]", path=f"{PRODUCTS}{CODE}/", method="PUT"),
    "body of DELETE": raw("{]", path=f"{PRODUCTS}{CODE}/", method="DELETE"),
    "token as list": raw("[]", path=TOKENS),
    "token levels": raw("[" * 100_000, path=TOKENS),
    "token NUL": raw('{"username": "a\\u0000", "password": "b"}', path=TOKENS),
    "token surrogate": raw('{"username": "\\ud800", "password": "b"}', path=TOKENS),
    "token objects": raw('{"username": {}, "password": []}', path=TOKENS),
    "refresh as list": raw('{"refresh": []}', path=f"{TOKENS}refresh/"),
    "refresh of dots": raw(json.dumps({"refresh": "." * 100_000}), path=f"{TOKENS}refresh/"),
    "verify NUL": raw('{"token": "\\u0000"}', path=f"{TOKENS}verify/"),
    "user NUL": raw('{"username": "a\\u0000"}', path=USERS),
    "user regions": raw('{"username": "a", "business_regions": [[]]}', path=USERS),
    "integration file": raw('{"name": "a", "project": 1, "wsdl_url": "file:///etc/passwd"}', path=INTEGRATIONS),
    "integration NUL": raw('{"name": "a", "project": 1, "wsdl_url": "http://a.uz/\\u0000"}', path=INTEGRATIONS),
    "integration project": raw(
        json.dumps({"name": "a", "project": 2**70, "wsdl_url": "http://a.uz/"}), path=INTEGRATIONS
    ),
}

# Made when they are sent, and gone then.
LARGE_BODIES: dict[str, Callable[[], Sent]] = {
    "10 MB of name": lambda: product(name="x" * MEGABYTES),
    "10 MB of blanks": lambda: product(name=" " * MEGABYTES),
    "10 MB of code": lambda: product(code_1c="x" * MEGABYTES),
    "10 MB of description": lambda: product(description="x" * MEGABYTES),
    "10 MB of notes": lambda: product(notes="x" * MEGABYTES),
    "10 MB of JSON": lambda: product(metadata="x" * MEGABYTES),
    "10 MB of digits": lambda: product(base_price="9" * MEGABYTES),
    "10 MB of number": lambda: spelled(f'"base_price": {"9" * MEGABYTES}'),
    "10 MB of date": lambda: product(expiry_date="9" * MEGABYTES),
    "10 MB of choice": lambda: product(enrichment_status="x" * MEGABYTES),
    "10 MB of flag": lambda: product(is_active="x" * MEGABYTES),
    "10 MB of id": lambda: product(project_id="1" * MEGABYTES),
    "11 MB": lambda: product(description="x" * (MEGABYTES + 1_000_000)),
    "10 MB of form": lambda: raw(f"name={'x' * MEGABYTES}", FORM),
    "10 MB of &": lambda: raw("&" * MEGABYTES, FORM),
    "10 MB of a part": lambda: multipart(f'name="name"\r\n\r\n{"x" * MEGABYTES}'),
    "10,000 fields": lambda: raw("&".join(f"f{n}=1" for n in range(10_000)), FORM),
    "10,000 parts": lambda: multipart(*(f'name="f{n}"\r\n\r\n1' for n in range(10_000))),
    "10,000 files": lambda: multipart(*(f'name="f{n}"; filename="a"\r\n\r\n1' for n in range(10_000))),
    "token 3 MB": lambda: raw("x" * 3_000_000, path=TOKENS),
}
