"""The password threads are bounded, and never in anybody's way."""

import asyncio

import pytest
from auth.passwords import FORMER, MAX_WAITING, Passwords, recommended
from ecatalog.core.errors import Unavailable
from nacl.pwhash import argon2id

from .builders import HASH, PASSWORD, counted

FORMERLY_STORED = (
    # written by argon2-cffi, which made them before: the settings of all hashes, and others
    "$argon2id$v=19$m=19456,t=2,p=1$6doAcHPBflIzWTXZnIwJQQ$ezMpcbvFVtoJpA9W61ruDzF2Fr0c8jel2Aq2j4OT89A",
    "$argon2id$v=19$m=8192,t=1,p=1$BhW1N+1wusqhliqr0YXSXQ$7ApWzx1ltO1Db0i+lCbVfHurprL8xvavu9imWVilG+0",
    "$argon2id$v=19$m=8192,t=3,p=4$ldP41xEWTvwF9+R7qeXpUQ$cQ8j/MC0bc97cT4UPxHsVO0MnjSbq8ni2nvW+zVz/xM",
)


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords()


async def test_right_password_matches_and_others_do_not(passwords: Passwords) -> None:
    async with passwords.slot() as slot:
        assert await slot.verify(HASH, PASSWORD)
        assert not await slot.verify(HASH, PASSWORD + " ")
        assert not await slot.verify(None, PASSWORD)
        assert not await slot.verify("not a hash", PASSWORD)


@pytest.mark.parametrize("known", FORMERLY_STORED)
async def test_hashes_of_other_settings_are_verified_and_renewed(passwords: Passwords, known: str) -> None:
    async with passwords.slot() as slot:
        assert await slot.verify(known, PASSWORD)
        assert not await slot.verify(known, PASSWORD + " ")
        renewed = await slot.rehash(known, PASSWORD)
        assert renewed is not None
        assert renewed.startswith("$argon2id$v=19$m=9216,t=4,p=1$")
        assert await slot.verify(renewed, PASSWORD)
        assert await slot.rehash(renewed, PASSWORD) is None


@pytest.mark.parametrize(
    "known",
    [None, recommended().hash("other"), FORMER.hash("other")],
    ids=["no hash", "present", "former"],  # a hash is another one in each process
)
async def test_failure_costs_the_same_whichever_hash_there_is(
    passwords: Passwords, known: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[str] = []
    verify = argon2id.verify

    def recorded(password_hash: bytes, password: bytes) -> bool:
        costs.append(password_hash.decode().split("$")[3])
        return verify(password_hash, password)

    monkeypatch.setattr(argon2id, "verify", recorded)
    async with passwords.slot() as slot:
        assert not await slot.verify(known, PASSWORD)
    assert sorted(costs) == ["m=19456,t=2,p=1", "m=9216,t=4,p=1"]


async def test_without_a_hash_argon2_runs_all_the_same(passwords: Passwords) -> None:
    async with passwords.slot() as slot:
        before = counted("auth_password_work_total", kind="verify")
        assert not await slot.verify(None, PASSWORD)
    assert counted("auth_password_work_total", kind="verify") - before == 1


async def test_the_loop_goes_on_while_passwords_are_checked(passwords: Passwords) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    async with passwords.slot() as slot:
        await slot.verify(HASH, PASSWORD)
    ticking.cancel()
    assert ticks > 50


async def test_only_two_work_and_too_many_are_refused(passwords: Passwords) -> None:
    inside = most = 0
    go = asyncio.Event()

    async def work() -> None:
        nonlocal inside, most
        async with passwords.slot():
            inside += 1
            most = max(most, inside)
            await go.wait()
            inside -= 1

    tasks = [asyncio.create_task(work()) for _ in range(2 + MAX_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await passwords.hash("anything")
    assert refused.value.headers["Retry-After"] == "1"
    go.set()
    await asyncio.gather(*tasks)
    assert most == 2
    assert await passwords.hash("anything")


async def test_who_gives_up_waiting_leaves_the_slot_free(passwords: Passwords) -> None:
    go = asyncio.Event()

    async def hold() -> None:
        async with passwords.slot():
            await go.wait()

    holders = [asyncio.create_task(hold()) for _ in range(2)]
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(hold()) for _ in range(MAX_WAITING)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    last = asyncio.create_task(passwords.hash("anything"))
    go.set()
    assert await last
    await asyncio.gather(*holders)
