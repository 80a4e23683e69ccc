"""Other services ask which codes of agents somebody has."""

from auth.settings import AuthSettings
from ecatalog.security.internal_secret import SECRET_HEADER

from ..builders import Api

PATH = "/internal/agents/"


async def test_codes_of_users_that_are_not_deleted_are_returned(api: Api, settings: AuthSettings) -> None:
    secret = {SECRET_HEADER: settings.internal_secret.get_secret_value()}
    for name, code in (("a", "AG-1"), ("b", "AG-2"), ("c", None), ("gone", "AG-3")):
        user = await api.user(name, role="agent", profile_code_1c=code)
    await api.ok("DELETE", f"/api/v1/users/{user['id']}/", status=204)
    told = await api.client.post(PATH, json=["AG-1", "AG-2", "AG-3", ""], headers=secret)
    assert sorted(told.json()) == ["AG-1", "AG-2"]
    assert (await api.client.post(PATH, json=[], headers=secret)).json() == []


async def test_others_find_nothing_there(api: Api) -> None:
    assert (await api.client.post(PATH, json=["AG-1"])).status_code == 404
