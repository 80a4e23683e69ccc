"""Creating, changing and deleting users."""

from typing import Any

from ecatalog.caching.etag import require_match
from ecatalog.contracts.auth import UserChanged
from ecatalog.core.clock import Clock, moment
from ecatalog.core.errors import AuthenticationFailed, BadRequest, FieldErrors, NotFound
from ecatalog.db.database import Database, transaction_of
from ecatalog.db.render import render
from ecatalog.projections import projects
from ecatalog.telemetry.logging import logger
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from auth.login_throttle.service import clear_name
from auth.passwords import Passwords
from auth.sessions import service as sessions
from auth.sessions.service import Reason
from auth.users.filters import USERS
from auth.users.models import User
from auth.users.rights import DEFAULT_ROLE, as_event, chosen_role, publish_rights
from auth.users.schemas import AuthProject, MappedProject, MyProject, UserBody

log = logger(__name__)

LOCK = 0x0EC0_0011
LARGEST_ID = 2**63 - 1
ALREADY_EXISTS = "A user with that username already exists."
LAST_ADMINISTRATOR = "This is the last active administrator: make another one first."
PLAIN_FIELDS = ("username", "first_name", "last_name", "email", "is_active", "business_regions")

_MY_PROJECT = """
    select u.username, u.profile_code_1c, p.id, p.code_1c, p.name
      from users u left join project p on p.id = u.project_id and not p.is_deleted
     where u.id = %(id)s and not u.is_deleted
"""
_ROW = USERS.row_sql("t.id = %(id)s and not t.is_deleted")


class UserGone(AuthenticationFailed):
    """401: the token is good, but its user was deleted."""

    def __init__(self) -> None:
        super().__init__("User not found", "user_not_found")


async def read(database: Database, user_id: int) -> bytes:
    """Return a user as JSON, as :class:`~auth.users.schemas.UserRow` says."""
    found = await database.fetch_json(_ROW, {"id": user_id}) if user_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


async def read_own(database: Database, user_id: int) -> bytes:
    """Return the user who asks; one deleted a moment ago gets the answer of every other route."""
    try:
        return await read(database, user_id)
    except NotFound:
        raise UserGone from None


async def create(database: Database, passwords: Passwords, body: UserBody) -> bytes:
    """Create a user. Without a password they cannot sign in until one is set."""
    password = await _hashed(passwords, body)
    try:
        async with database.session() as session:
            user = User(username=body.username, password=password, role=DEFAULT_ROLE)
            await _apply(session, user, body, set(UserBody.model_fields))
            session.add(user)
            await session.flush()
            log.info("a user was created", user_id=user.id, role=user.role)
            return await _render(session, user.id)
    except IntegrityError as error:
        raise _conflict(error) from error


async def change(
    database: Database, passwords: Passwords, clock: Clock, user_id: int, body: UserBody, if_match: str | None
) -> bytes:
    """Change the fields that were sent. A new password or deactivation ends every session of the user."""
    password = await _hashed(passwords, body)
    try:
        async with database.session() as session:
            user = await _locked(session, user_id)
            require_match(if_match, await _render(session, user.id))
            before = as_event(user)
            await _apply(session, user, body, body.model_fields_set)
            await _keep_an_administrator(session, user, before, _blamed(body))
            now = clock()
            if password is not None:
                user.password = password
                await clear_name(session, user.username)
                await _end_sessions(session, user, now, "password")
            elif before.state == "active" and not user.is_active:
                await _end_sessions(session, user, now, "deactivated")
            await _publish(session, user, before, now)
            return await _render(session, user.id)
    except IntegrityError as error:
        raise _conflict(error) from error


async def delete(database: Database, clock: Clock, user_id: int) -> None:
    """Hide the user for good; the name is free again."""
    async with database.session() as session:
        user = await _locked(session, user_id)
        before = as_event(user)
        user.is_deleted = True
        await _keep_an_administrator(session, user, before, None)
        now = clock()
        await _end_sessions(session, user, now, "deleted")
        await _publish(session, user, before, now)


async def read_project(database: Database, user_id: int) -> MyProject:
    """Return the project of the user who asks."""
    found = await database.fetch_row(_MY_PROJECT, {"id": user_id})
    if found is None:
        raise UserGone
    return _my_project(*found)


async def _hashed(passwords: Passwords, body: UserBody) -> str | None:
    return await passwords.hash(body.password) if body.password else None


async def _end_sessions(session: AsyncSession, user: User, now: float, reason: Reason) -> None:
    # The next second, since tokens count in seconds and some may have been issued earlier in this one; those
    # issued in the rest of it are dated forward.
    user.valid_from = max(user.valid_from, int(now) + 1)
    await sessions.end_all(session, user.id, now, reason)


async def _publish(session: AsyncSession, user: User, before: UserChanged, now: float) -> None:
    user.updated_at = moment(now)
    if as_event(user) != before:
        await publish_rights(session, user, now)
    await session.flush()


async def _locked(session: AsyncSession, user_id: int) -> User:
    query = select(User).where(col(User.id) == user_id, ~col(User.is_deleted)).with_for_update()
    user = await session.scalar(query) if user_id <= LARGEST_ID else None
    if user is None:
        raise NotFound
    return user


async def _apply(session: AsyncSession, user: User, body: UserBody, fields: set[str]) -> None:
    for name in PLAIN_FIELDS:
        if name in fields:
            setattr(user, name, getattr(body, name))
    if "profile_code_1c" in fields:
        user.profile_code_1c = body.profile_code_1c or None
    if "project" in fields:
        user.project_id = await _project_id(session, body.project)
    sent = body.model_fields_set
    role, is_staff = body.role if "role" in sent else None, body.is_staff if "is_staff" in sent else None
    user.role = chosen_role(user.role, role, is_staff)


async def _project_id(session: AsyncSession, key: str | None) -> int | None:
    if key is None:
        return None
    await session.flush()  # a username that is in use is refused before a project that is not known
    return await projects.resolve(await transaction_of(session), key, first="id")


async def _keep_an_administrator(session: AsyncSession, user: User, before: UserChanged, blamed: str | None) -> None:
    """Refuse a change after which nobody could administer; two such changes at once wait for each other."""
    after = as_event(user)
    if (before.role, before.state) != ("admin", "active") or (after.role, after.state) == ("admin", "active"):
        return
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    able = ~col(User.is_deleted), col(User.is_active), col(User.role) == "admin", col(User.password).is_not(None)
    other = await session.scalar(select(User.id).where(*able, col(User.id) != user.id).limit(1))
    if other is None:
        raise FieldErrors({blamed: [LAST_ADMINISTRATOR]}) if blamed else BadRequest({"detail": LAST_ADMINISTRATOR})


def _blamed(body: UserBody) -> str:
    """Name the field of a change that takes the administrator's rights."""
    if "is_active" in body.model_fields_set and not body.is_active:
        return "is_active"
    return "is_staff" if "is_staff" in body.model_fields_set and not body.is_staff else "role"


async def _render(session: AsyncSession, user_id: int) -> bytes:
    return await render(await transaction_of(session), _ROW, {"id": user_id})


def _conflict(error: IntegrityError) -> Exception:
    return FieldErrors({"username": [ALREADY_EXISTS]}) if isinstance(error.orig, UniqueViolation) else error


def _my_project(username: str, profile_code: str | None, *project: Any) -> MyProject:
    """Put the answer together; ``project`` is its id, code and name, all of them None without one."""
    number, code, name = project
    return MyProject(
        username=username,
        profile_code_1c=profile_code,
        auth_project=AuthProject(id=number, name=name, code=code),
        api_project_mapping=None if number is None else MappedProject(id=number, code_1c=code, name=name),
    )
