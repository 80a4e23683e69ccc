"""Sending many points: what is stored, what is known, what is refused, and in which forms they come."""

import gzip
import random
from typing import Any
from uuid import uuid4

import httpx
import orjson
import psycopg
import pytest
from ecatalog.testing.tokens import TokenFactory
from location.settings import LocationSettings

from ..builders import Locations, Row, at

LINES = {"Content-Type": "application/x-ndjson"}
GZIP = {"Content-Encoding": "gzip"}


def point(number: int, **fields: Any) -> Row:
    clock = at(f"{10 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}")
    return {"agent_code": "AG-1", "latitude": 41 + number / 1000, "longitude": 69.2, "logged_at": clock} | fields


async def send(api: Locations, body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    kind = {"Content-Type": "application/json"}
    return await api.client.post(
        "/api/v1/agent-location/batch/", content=content, headers=api.headers | kind | (headers or {})
    )


def result(stored: int, repeated: list[int] | None = None, errors: list[Row] | None = None) -> Row:
    repeated, errors = repeated or [], errors or []
    return {
        "received": stored + len(repeated) + len(errors), "stored": stored, "already_stored": len(repeated),
        "rejected": len(errors), "repeated": repeated, "errors": errors,
    }  # fmt: skip


@pytest.mark.parametrize("with_ids", [True, False])
async def test_batch_sent_five_times_and_shuffled_is_stored_once(api: Locations, with_ids: bool) -> None:
    batch = [point(number, **({"id": str(uuid4())} if with_ids else {})) for number in range(50)]
    assert (await send(api, batch)).json() == result(50)
    for seed in range(4):
        random.Random(seed).shuffle(batch)  # noqa: S311 - no secret
        assert (await send(api, batch)).json() == result(0, list(range(50)))
    assert len(await api.listed(page_size=100)) == 50


async def test_repeats_within_a_batch_are_told(api: Locations) -> None:
    given = str(uuid4())
    batch = [point(0), point(0), point(1, id=given), point(2, id=given), point(1)]
    assert (await send(api, batch)).json() == result(3, [1, 3])


async def test_points_without_id_and_time_are_all_stored(api: Locations) -> None:
    batch = [{"agent_code": "AG-1", "latitude": 1, "longitude": 1}] * 3
    for _ in range(2):
        assert (await send(api, batch)).json() == result(3)


async def test_point_with_only_an_id_is_stored_once(api: Locations) -> None:
    batch = [{"agent_code": "AG-1", "latitude": 1, "longitude": 1, "id": str(uuid4())}]
    assert [(await send(api, batch)).json()["stored"] for _ in range(3)] == [1, 0, 0]


async def test_bad_points_are_listed_and_do_not_stop_the_others(api: Locations) -> None:
    batch = [
        point(0), {"latitude": 91, "longitude": 1, "id": "a"}, 5, point(1, agent_code=None),
        point(2, metadata={"a": 1}), point(3, logged_at="yesterday"), None,
        point(4, is_rooted="maybe", latitude=[1], screen_width="wide"),
    ]  # fmt: skip
    answer = (await send(api, batch)).json()
    wrong_time = (
        "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
    )
    assert answer["stored"] == 2
    assert [(error["index"], error["id"], error["errors"]) for error in answer["errors"]] == [
        (1, "a", {
            "id": ["Must be a valid UUID."], "agent_code": ["This field is required."],
            "latitude": ["Ensure this value is less than or equal to 90."],
        }),
        (2, None, {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}),
        (3, None, {"agent_code": ["This field may not be null."]}),
        (5, None, {"logged_at": [wrong_time]}),
        (6, None, {"non_field_errors": ["Invalid data. Expected a dictionary, but got NoneType."]}),
        (7, None, {"latitude": ["A valid number is required."]}),
    ]  # fmt: skip
    rows = (await api.get(ordering="latitude")).json()["results"]
    assert [row["metadata"] for row in rows] == [{}, {"a": 1}]


async def test_point_that_the_database_refuses_does_not_stop_the_others(api: Locations) -> None:
    batch = [point(0), point(1, logged_at="0001-01-01T00:00:00+14:00"), point(2)]
    answer = (await send(api, batch)).json()
    assert (answer["stored"], [error["index"] for error in answer["errors"]]) in [(2, [1]), (3, [])]


async def test_lines_are_read_and_a_cut_one_is_listed(api: Locations) -> None:
    lines = b"\n".join(orjson.dumps(point(number)) for number in range(3))
    answer = (await send(api, lines[:-9] + b"\n\n", LINES)).json()
    assert (answer["stored"], [error["index"] for error in answer["errors"]]) == (2, [2])
    assert answer["errors"][0]["errors"]["non_field_errors"][0].startswith("JSON parse error - ")
    assert (await send(api, lines + b"\r\n", LINES)).json() == result(1, [0, 1])


async def test_gzip_is_unpacked(api: Locations) -> None:
    packed = gzip.compress(orjson.dumps([point(0)]))
    assert (await send(api, packed, GZIP)).json() == result(1)
    assert (await send(api, gzip.compress(orjson.dumps(point(0))), GZIP | LINES)).json() == result(0, [0])


async def test_gzip_of_several_members_is_unpacked_whole(api: Locations) -> None:
    members = [gzip.compress(orjson.dumps(point(number)) + b"\n") for number in range(3)]
    assert (await send(api, b"".join(members), GZIP | LINES)).json() == result(3)


async def test_time_that_is_none_in_another_zone_is_an_error_of_its_point(api: Locations) -> None:
    times = ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00")
    answer = (await send(api, [point(0), *(point(1, logged_at=time) for time in times)])).json()
    assert (answer["stored"], [list(error["errors"]) for error in answer["errors"]]) == (1, [["logged_at"]] * 2)


@pytest.mark.parametrize(("body", "headers", "status"), [
    (orjson.dumps([point(0), point(1)])[:-20], {}, 400),
    (gzip.compress(orjson.dumps([point(0)]))[:-12], GZIP, 400),
    (b"\x1f\x8bnonsense", GZIP, 400),
    (gzip.compress(orjson.dumps([point(0)])) + b"more", GZIP, 400),
    (gzip.compress(orjson.dumps([point(0)]))[:-12] + gzip.compress(b"[]"), GZIP, 400),
    (gzip.compress(b"") * 1001, GZIP | LINES, 413),
    (gzip.compress(b"x\n" * 5_000_000), GZIP | LINES, 413),
    (gzip.compress(b"\n" * 5_000_000), GZIP | LINES, 413),
    (gzip.compress(b" " * 11_000_000), GZIP, 413),
    (orjson.dumps(point(0)), {}, 400),
    (orjson.dumps([point(0)] * 1001), {}, 413),
    (b"[]", {"Content-Type": "text/plain"}, 415),
], ids=["cut JSON", "cut gzip", "no gzip", "rest", "cut member", "members",
        "lines", "blank lines", "too large unpacked", "no list", "too many", "plain text"])  # fmt: skip
async def test_body_that_cannot_be_used_stores_nothing(
    api: Locations, body: bytes, headers: dict[str, str], status: int
) -> None:
    refused = await send(api, body, headers)
    assert refused.status_code == status, refused.text
    assert await api.listed() == []


async def test_thousand_points_and_none_are_batches(api: Locations) -> None:
    assert (await send(api, [point(number) for number in range(1000)])).json() == result(1000)
    assert (await send(api, [])).json() == result(0)
    assert (await send(api, b"", LINES)).json() == result(0)


async def test_agent_stores_only_its_own(api: Locations, tokens: TokenFactory) -> None:
    own = Locations(api.client, tokens.headers(7, "agent", agent_code="AG-1"))
    answer = (await send(own, [point(0), point(1, agent_code="AG-2")])).json()
    assert answer["stored"] == 1
    assert answer["errors"][0]["errors"] == {"agent_code": ["You may only send positions of AG-1."]}


@pytest.mark.usefixtures("api")
async def test_counts_and_days_agree_with_the_points(api: Locations, settings: LocationSettings) -> None:
    batch = [point(number, agent_code=f"AG-{number % 3}", region=f"R{number % 2}") for number in range(60)]
    await send(api, batch)
    await send(api, [*batch[30:], point(70, logged_at=at("10:00", "2026-11-19"))])
    with psycopg.connect(settings.dsn) as connection:
        for kept, counted in [
            (
                "select agent_code, points from agent_position",
                "select agent_code, count(*) from location_point group by 1",
            ),
            (
                "select region, day::text, agent_code, points from agent_day",
                "select region, (fixed_at at time zone 'Asia/Tashkent')::date::text, agent_code, count(*)"
                " from location_point group by 1, 2, 3",
            ),
        ]:  # fmt: skip
            assert set(connection.execute(kept.encode())) == set(connection.execute(counted.encode()))
