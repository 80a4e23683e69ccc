"""The codes of agents that belong to users."""

from collections.abc import Sequence

from ecatalog.http.dependencies import Db

_OF_USERS = "select distinct profile_code_1c from users where profile_code_1c = any(%(codes)s) and not is_deleted"


async def of_users(database: Db, codes: Sequence[str]) -> list[str]:
    """Return those of the codes that some user has."""
    return [code for (code,) in await database.fetch_rows(_OF_USERS, {"codes": codes})]
