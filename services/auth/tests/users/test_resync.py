"""Telling users again."""

from auth.resync import SOURCES
from auth.settings import AuthSettings
from ecatalog.db.database import Database
from ecatalog.events.resync import resync

from ..builders import Api


async def test_every_user_is_republished_as_they_are_and_none_counts_as_changed(
    api: Api, settings: AuthSettings
) -> None:
    user = await api.user(role="agent", business_regions=[{"code": "R1"}], profile_code_1c="A-7")
    await api.ok("PATCH", f"/api/v1/users/{user['id']}/", {"is_active": False})
    [before] = api.events("user.changed")
    changed = api.sql("select id, rights_sequence, rights_changed_at, updated_at from users order by id")
    api.sql("delete from outbox returning 1")
    database = Database(settings.dsn)
    [source] = SOURCES["users"]
    assert await resync(database, source, lambda _: None) == len(changed)
    await database.close()
    assert before in api.events("user.changed")
    assert len(api.events("user.changed")) == len(changed)
    assert api.sql("select id, rights_sequence, rights_changed_at, updated_at from users order by id") == changed
    assert api.sql("select distinct suffix = key from outbox") == [(True,)]
