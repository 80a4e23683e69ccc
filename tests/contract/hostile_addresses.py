"""Addresses, queries and headers that nobody means well with."""

from tests.contract.raw import CLIENTS, INTEGRATIONS, PRODUCTS, PROJECTS, USERS, Sent


def get(path: str, **headers: str) -> Sent:
    return Sent("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})


PATHS = {
    name: get(path)
    for name, path in {
        "unknown code": f"{PRODUCTS}a/b/",
        "code in pieces": f"{PRODUCTS}a%2Fb.c+d/",
        "Cyrillic code": f"{PRODUCTS}нет/",
        "Cyrillic code escaped": f"{PRODUCTS}%D0%BD%D0%B5%D1%82/",
        "not UTF-8": f"{PRODUCTS}%FF%FE/",
        "surrogate": f"{PRODUCTS}%ED%A0%80/",
        "per cent": f"{PRODUCTS}%25/",
        "twice escaped": f"{PRODUCTS}%252F/",
        "dots": f"{PRODUCTS}../../",
        "escaped dots": f"{PRODUCTS}%2e%2e/",
        "dots and slashes": f"{PRODUCTS}..%2F..%2Fetc%2Fpasswd/",
        "NUL": f"{PRODUCTS}%00/",
        "new line": f"{PRODUCTS}%0D%0AX:y/",
        "backslash": f"{PRODUCTS}a%5Cb/",
        "slashes": f"{PRODUCTS}//",
        "question": f"{PRODUCTS}%3F/",
        "quote": f"{PRODUCTS}'%22;--/",
        "5,000 letters": f"{PRODUCTS}{'x' * 5000}/",
        "100,000 letters": f"{PRODUCTS}{'x' * 100_000}/",
        "long query": f"{PRODUCTS}?search={'x' * 100_000}",
        "user -1": f"{USERS}-1/",
        "user 2^63": f"{USERS}{2**63}/",
        "user ٣": f"{USERS}٣/",
        "integration 2^70": f"{INTEGRATIONS}{2**70}/",
        "task": f"{INTEGRATIONS}sync/status/x/",
        "task NUL": f"{INTEGRATIONS}sync/status/%00/",
        "nowhere": "/api/v1/nowhere/",
        "inside": "/internal/jwks.json",
        "hidden slash elsewhere": "/api/v1%2Fproject/",
        "metrics": "/metrics",
    }.items()
}

QUERIES = (
    {
        f"{path}?{query[:40]}": get(f"{path}?{query}")
        for path in (PROJECTS, CLIENTS, PRODUCTS)
        for query in (
            "search=%00",
            "page=0",
            "page=-1",
            "page=1.5",
            "page=abc",
            "page=99999999999",
            f"page={'9' * 400}",
            "page=%00",
            "cursor=x",
            "cursor=%00",
            "cursor=%D1%91",
            f"cursor={'A' * 5000}",
            "cursor=WyIyMDI2LTAxLTAxIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
            "cursor=WyJhXHUwMDAwIiwxXQ",
            "cursor=&ordering=name",
            "created_from=%00",
            "created_to=9999-12-31",
            "created_from=2026-02-30",
            f"updated_to={'9' * 900}",
            "name=%00",
            f"name={'x' * 2000}",
            "image_status=x",
            "description_status=%27",
            "format=xml",
            "format=%00",
        )
    }
    | {
        f"{PRODUCTS}?{query[:40]}": get(f"{PRODUCTS}?{query}")
        for query in (
            "price_min=NaN",
            "price_max=-Infinity",
            "price_min=1e400",
            f"price_max={'9' * 900}",
            "stock_min=1e31",
            "stock_max=x",
            "project_id=x",
            "project_id=1e308",
            "project_id=%00",
            "project=%00",
        )
    }
    | {
        "history integration": get(f"{INTEGRATIONS}history/?integration_id=x"),
        "history NUL": get(f"{INTEGRATIONS}history/?status=%00"),
        "users NUL": get(f"{USERS}?profile__code_1c=%00"),
    }
)

HEADERS = {
    "accept": get(PROJECTS, Accept="application/xml"),
    "long accept": get(PROJECTS, Accept="a/" + "b" * 40_000),
    "token of dots": get(PROJECTS, Authorization="Bearer " + "a." * 5000),
    "token of no algorithm": get(PROJECTS, Authorization="Bearer eyJhbGciOiJub25lIn0.e30."),
    "token of bytes": get(PROJECTS, Authorization="Bearer ÿþ"),
    "many headers": get(PROJECTS, **{f"X-{n}": "a" * 1000 for n in range(60)}),
    "invented method": Sent("BREW", PROJECTS),
    "purge": Sent("PURGE", PROJECTS),
    "trace": Sent("TRACE", PROJECTS),
    "POST to a row": Sent("POST", f"{PROJECTS}x/"),
    "DELETE of a list": Sent("DELETE", PROJECTS),
    "idempotency key": Sent("POST", PROJECTS, b'{"code_1c": "a", "name": "b"}', {"Idempotency-Key": "x" * 5000}),
}
