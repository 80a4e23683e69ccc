"""The limits on guessing stop the guesser, and never the owner for good."""

import asyncio

import httpx
import pytest
from auth.login_throttle.service import ADDRESS, EVERYONE, KNOWN_ADDRESS, NAME, Limit

from ..builders import PASSWORD, Api, Clock, counted

HOME, ATTACKER = "203.0.113.1", "198.51.100.66"


async def attempt(api: Api, username: str = "anna", address: str = ATTACKER) -> httpx.Response:
    return await api.try_sign_in(username, "a-wrong-guess", address)


async def fail(api: Api, times: int, username: str = "anna", address: str = ATTACKER) -> None:
    for _ in range(times):
        assert (await attempt(api, username, address)).status_code == 401


def is_throttled(answer: httpx.Response, seconds: int) -> bool:
    text = f"Request was throttled. Expected available in {seconds} seconds."
    found = (answer.status_code, answer.json(), answer.headers.get("retry-after"))
    return found == (429, {"detail": text}, str(seconds))


@pytest.mark.parametrize("username", ["anna", "nobody"])
async def test_name_is_limited_whether_it_exists_or_not(api: Api, username: str) -> None:
    await api.user()
    for number in range(NAME.allowed):
        await fail(api, 1, username, f"198.51.100.{number}")
    assert is_throttled(await attempt(api, username, "192.0.2.1"), 30)


async def test_refused_attempt_costs_no_work_and_counts_no_more(api: Api) -> None:
    await fail(api, NAME.allowed)
    before = counted("auth_password_work_total", kind="verify"), api.sql("select * from guess_limit order by 1")
    refused = counted("auth_guesses_refused_total")
    for _ in range(3):
        assert is_throttled(await attempt(api), 30)
    assert counted("auth_guesses_refused_total") - refused == 3
    assert (
        counted("auth_password_work_total", kind="verify"),
        api.sql("select * from guess_limit order by 1"),
    ) == before


async def test_right_password_is_refused_like_a_wrong_one_while_the_limit_holds(api: Api) -> None:
    await api.user()
    await fail(api, NAME.allowed)
    assert is_throttled(await api.try_sign_in("anna", address=ATTACKER), 30)


async def test_owner_signs_in_from_a_new_address_while_somebody_guesses_elsewhere(api: Api, clock: Clock) -> None:
    await api.user()
    await fail(api, NAME.allowed)
    await api.sign_in("anna", address="192.0.2.1")
    assert is_throttled(await api.try_sign_in("anna", address="192.0.2.2"), 30)  # one of them in a minute
    clock.forward(20)
    assert is_throttled(await attempt(api), 10)
    clock.forward(10)
    await fail(api, 1)
    assert is_throttled(await api.try_sign_in("anna", address="192.0.2.2"), 60)
    clock.forward(30)
    await api.sign_in("anna", address="192.0.2.2")


@pytest.mark.parametrize("username", ["anna", "nobody"])
async def test_wrong_password_of_the_admitted_attempt_is_answered_like_any_other(
    api: Api, clock: Clock, username: str
) -> None:
    await api.user()
    await fail(api, NAME.allowed, username)
    before = counted("auth_password_work_total", kind="verify")
    assert is_throttled(await attempt(api, username, "192.0.2.1"), 30)
    assert counted("auth_password_work_total", kind="verify") == before + 1
    for address in ("192.0.2.1", "192.0.2.2"):
        assert is_throttled(await api.try_sign_in(username, address=address), 30)
    assert counted("auth_password_work_total", kind="verify") == before + 1, "one was admitted in this minute"
    clock.forward(25)
    assert is_throttled(await api.try_sign_in(username, address="192.0.2.1"), 5)


async def test_guessers_from_many_addresses_get_one_attempt_a_minute(api: Api, clock: Clock) -> None:
    await api.user()
    await fail(api, NAME.allowed)
    api.sql("update guess_limit set blocked_until = to_timestamp(%s) where subject like 'name %%'", clock() + 600)
    before = counted("auth_password_work_total", kind="verify")
    for number in range(120):
        assert (await attempt(api, address=f"192.0.2.{number}")).status_code == 429
        clock.forward(2)
    assert counted("auth_password_work_total", kind="verify") - before == 4


async def test_limits_of_address_and_of_everyone_admit_nobody(api: Api, clock: Clock) -> None:
    await api.user()
    await fail(api, NAME.allowed)
    for subject in ("everyone", "address 192.0.2.1"):
        api.sql("delete from guess_limit where subject in ('everyone', 'address 192.0.2.1')")
        api.sql("insert into guess_limit values (%s, 0, to_timestamp(0), to_timestamp(%s))", subject, clock() + 9)
        assert (await api.try_sign_in("anna", address="192.0.2.1")).status_code == 429


async def test_owner_signs_in_from_a_known_address_whatever_happens_elsewhere(api: Api) -> None:
    await api.user()
    await api.sign_in("anna", address=HOME)
    api.sql("insert into guess_limit values ('everyone', 1e9, now(), now() + interval '1 day')")
    await api.sign_in("anna", address=HOME)
    api.sql("delete from guess_limit")
    await fail(api, NAME.allowed)
    assert (await attempt(api)).status_code == 429
    await api.sign_in("anna", address=HOME)


async def test_known_address_has_a_limit_of_its_own_that_nobody_else_feels(api: Api) -> None:
    await api.user()
    await api.user("bert")
    await api.sign_in("anna", address=HOME)
    await fail(api, KNOWN_ADDRESS.allowed, address=HOME)
    assert is_throttled(await api.try_sign_in("anna", address=HOME), 15)
    await api.sign_in("anna", address="192.0.2.9")
    await api.sign_in("bert", address=HOME)


async def test_address_is_limited_over_many_names(api: Api) -> None:
    await api.user()
    for number in range(ADDRESS.allowed):
        await fail(api, 1, f"name{number}")
    assert is_throttled(await api.try_sign_in("anna", address=ATTACKER), 30)
    await api.sign_in("anna", address="192.0.2.9")


async def test_limited_address_does_not_reveal_who_has_been_there(api: Api) -> None:
    await api.user()
    await api.user("bert")
    await api.sign_in("anna", address=ATTACKER)
    for number in range(ADDRESS.allowed):
        await fail(api, 1, f"name{number}")
    answers = [await attempt(api, username) for username in ("anna", "bert", "nobody")]
    assert all(is_throttled(answer, 30) for answer in answers)
    await api.sign_in("anna", address=ATTACKER)


async def test_everyone_unknown_waits_when_too_many_attempt(api: Api, clock: Clock) -> None:
    await api.user()
    api.sql("insert into guess_limit values ('everyone', %s, to_timestamp(%s))", EVERYONE.allowed - 1, clock())
    await fail(api, 1)
    assert is_throttled(await api.try_sign_in("anna", address="192.0.2.9"), 1)
    clock.forward(1)
    await api.sign_in("anna", address="192.0.2.9")


async def test_wait_ends_and_the_next_ones_are_longer(api: Api, clock: Clock) -> None:
    await api.user()
    await fail(api, NAME.allowed)
    waits = []
    for _ in range(4):
        answer = await attempt(api)
        waits.append(int(answer.headers["retry-after"]))
        clock.forward(waits[-1])
        await fail(api, 1)
    assert waits == [30, 60, 120, 120]  # and on: it settles at what one failure needs to leak
    clock.forward(NAME.longest)
    await api.sign_in("anna", address=ATTACKER)


async def test_attempts_a_moment_apart_are_limited_like_those_at_once(api: Api, clock: Clock) -> None:
    for _ in range(NAME.allowed):
        clock.forward(0.2)
        await fail(api, 1)
    assert is_throttled(await attempt(api), 30)


async def test_count_leaks_away(api: Api, clock: Clock) -> None:
    await fail(api, NAME.allowed - 1)
    clock.forward(NAME.leak * 5)
    await fail(api, 5)
    assert (await attempt(api)).status_code == 401
    assert (await attempt(api)).status_code == 429


async def test_successes_never_count(api: Api) -> None:
    await api.user()
    answers = await asyncio.gather(*(api.try_sign_in("anna", address=ATTACKER) for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert api.sql("select count(*) from guess_limit") == [(0,)]


async def test_attempts_at_the_same_moment_are_counted_one_by_one(api: Api) -> None:
    answers = await asyncio.gather(*(attempt(api) for _ in range(40)))
    tried = sum(answer.status_code == 401 for answer in answers)
    assert NAME.allowed <= tried <= NAME.allowed + 2
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_new_password_clears_the_limit_of_the_name(api: Api) -> None:
    user = await api.user()
    await fail(api, NAME.allowed)
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"password": PASSWORD})
    await api.sign_in("anna", address="192.0.2.9")


async def test_names_are_not_kept_as_typed(api: Api) -> None:
    await fail(api, 1, "my-secret-password")
    subjects = [subject for (subject,) in api.sql("select subject from guess_limit order by 1")]
    assert subjects[0] == f"address {ATTACKER}"
    assert subjects[1] == "everyone"
    assert subjects[2].startswith("name ")
    assert "secret" not in subjects[2]


async def test_address_is_written_once_a_day(api: Api, clock: Clock) -> None:
    await api.sign_in("root", address=HOME)
    first = api.sql("select seen_at from known_place")
    clock.forward(3600)
    await api.sign_in("root", address=HOME)
    assert api.sql("select seen_at from known_place") == first
    api.sql("update known_place set seen_at = seen_at - interval '2 days'")
    await api.sign_in("root", address=HOME)
    assert api.sql("select seen_at from known_place") > first


@pytest.mark.parametrize("limit", [KNOWN_ADDRESS, NAME, ADDRESS, EVERYONE])
def test_no_wait_is_without_end(limit: Limit) -> None:
    waits = [limit.wait(level / 2) for level in range(100_000)]
    assert waits == sorted(waits)
    assert waits[2 * limit.allowed - 2] == 0
    assert waits[2 * limit.allowed] == limit.first
    assert waits[-1] == limit.longest
