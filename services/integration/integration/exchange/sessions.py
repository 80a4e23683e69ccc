"""Who calls: an integration by its own login, or by the cookie of a session that the login began."""

import secrets
from dataclasses import dataclass, replace
from typing import NamedTuple

from ecatalog.db.database import Database

from integration.exchange.passwords import KeyedHash
from integration.files.starting import Target
from integration.integrations.kinds import EXCHANGE

COOKIE = "ecatalog_exchange"
_OWNER_OF_COOKIES = "cookie"

# An id that is no bigint is unknown like any other.
_INTEGRATION = """
    select i.id, i.project_id, coalesce(i.base, i.id::text), i.exchange_password, i.exchange_dialect,
           i.exchange_encoding
      from integration i
     where i.id = %(id)s::numeric and i.kind = %(kind)s and i.is_active and not i.is_deleted
       and i.exchange_password is not null
"""
_BY_COOKIE = """
    update exchange_session set used_at = clock_timestamp()
     where integration_id = %(id)s and token = %(token)s and used_at > clock_timestamp() - interval '2 hours'
    returning id, sessid
"""
_BY_LOGIN = """
    update exchange_session set used_at = clock_timestamp() where id = (
        select e.id from exchange_session e
         where e.integration_id = %(id)s and e.used_at > clock_timestamp() - interval '2 hours'
         order by e.sessid = %(sessid)s desc, e.id desc limit 1)
    returning id, sessid
"""
_BEGIN = """
    insert into exchange_session (integration_id, token, sessid) values (%(id)s, %(token)s, %(sessid)s)
    returning id, sessid
"""


class Credentials(NamedTuple):
    """What a request brings: ``login`` is a name and a password, ``sessid`` proves nothing."""

    login: tuple[str, str] | None
    cookie: str
    sessid: str


class ExchangeSession(NamedTuple):
    """A session; ``cookie`` is there only when it has just begun."""

    id: int
    sessid: str
    cookie: str = ""


@dataclass(frozen=True)
class Caller:
    """The integration whose 1C calls. ``has_login`` tells whether it has signed in by this very request."""

    target: Target
    dialect: str
    encoding: str
    has_login: bool
    session: ExchangeSession | None = None


async def authenticate(database: Database, hashes: KeyedHash, integration_id: int, given: Credentials) -> Caller | None:
    """Return who calls, None for nobody. A login that is given must be right, whatever the cookie says."""
    row = await database.fetch_row(_INTEGRATION, {"id": integration_id, "kind": EXCHANGE})
    if row is None:
        return None
    known, project_id, base, password, dialect, encoding = row
    owner = login_of(known)
    if given.login is not None and not (given.login[0] == owner and hashes.fits(password, given.login[1], owner)):
        return None
    caller = Caller(Target(known, project_id, base), dialect, encoding, has_login=given.login is not None)
    session = await _session(database, hashes, caller, given)
    return replace(caller, session=session) if session or caller.has_login else None


async def begin(database: Database, hashes: KeyedHash, caller: Caller) -> ExchangeSession:
    """Begin a session of whoever has signed in."""
    cookie = secrets.token_hex(24)
    about = {"id": caller.target.integration_id, "token": hashes.of(cookie, _OWNER_OF_COOKIES)}
    row = await database.execute_row(_BEGIN, about | {"sessid": secrets.token_hex(16)})
    session_id, sessid = row or (0, "")
    return ExchangeSession(session_id, sessid, cookie)


def login_of(integration_id: int) -> str:
    return f"exchange-{integration_id}"


async def _session(database: Database, hashes: KeyedHash, caller: Caller, given: Credentials) -> ExchangeSession | None:
    """Return the session of the cookie, else that of the login which ``sessid`` names, else its newest one."""
    about = {"id": caller.target.integration_id}
    row = None
    if given.cookie:
        token = hashes.of(given.cookie, _OWNER_OF_COOKIES)
        row = await database.execute_row(_BY_COOKIE, about | {"token": token})
    if row is None and caller.has_login:
        row = await database.execute_row(_BY_LOGIN, about | {"sessid": given.sessid})
    return ExchangeSession(*row) if row else None
