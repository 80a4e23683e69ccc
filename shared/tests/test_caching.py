"""A cache never serves what changed."""

import asyncio

import psycopg
import pytest
from ecatalog.caching.change_listener import ChangeListener
from ecatalog.caching.etag import etag, matches
from ecatalog.caching.versioned_cache import VersionedCache
from ecatalog.core.concurrency import stop
from ecatalog.testing.client import until
from ecatalog.testing.postgres import Postgres


@pytest.fixture
def cache() -> VersionedCache[bytes]:
    cache = VersionedCache[bytes](len, 10)
    cache.enabled = True
    return cache


def test_value_computed_while_its_topic_changed_is_not_kept(cache: VersionedCache[bytes]) -> None:
    version = cache.version("a")
    cache.invalidate("a")
    cache.put("a", "key", b"old", version)
    assert cache.get("key") is None


def test_only_the_changed_topic_is_forgotten(cache: VersionedCache[bytes]) -> None:
    cache.put("a", 1, b"x", 0)
    cache.put("b", 2, b"y", 0)
    cache.invalidate("a")
    assert (cache.get(1), cache.get(2)) == (None, b"y")


def test_oldest_goes_when_the_cost_is_exceeded(cache: VersionedCache[bytes]) -> None:
    cache.put("a", 1, b"aaaa", 0)
    cache.put("a", 2, b"bbbb", 0)
    assert cache.get(1) == b"aaaa"
    cache.put("a", 3, b"cccc", 0)
    assert (cache.get(1), cache.get(2), cache.get(3)) == (b"aaaa", None, b"cccc")


async def test_listener_invalidates_and_switches_off_while_it_hears_nothing(postgres: Postgres) -> None:
    dsn = postgres.create_database("listener_test")
    cache = VersionedCache[bytes](len, 100)
    task = asyncio.create_task(ChangeListener(dsn, cache).run())
    await until(lambda: cache.enabled)
    cache.put("thing", 1, b"x", cache.version("thing"))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select pg_notify('changes', 'thing')")
    await until(lambda: cache.get(1) is None)
    cache.put("thing", 1, b"x", cache.version("thing"))
    postgres.kill()
    await until(lambda: not cache.enabled)
    assert cache.get(1) is None
    postgres.start()
    await until(lambda: cache.enabled)
    assert cache.get(1) is None
    await stop([task])


def test_tags_tell_bodies_apart() -> None:
    tag = etag(b"a")
    assert tag != etag(b"b")
    assert matches(f'"x", {tag}', tag)
    assert matches("*", tag)
    assert matches(f"W/{tag}", tag)
    assert not matches('"x"', tag)
    assert not matches(None, tag)
