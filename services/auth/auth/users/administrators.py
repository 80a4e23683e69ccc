"""The administrator of a development system, who is there before anybody can sign in."""

from ecatalog.db.database import Database
from ecatalog.telemetry.logging import logger
from sqlmodel import func, select

from auth.passwords import Passwords
from auth.users.models import User

log = logger(__name__)

LOCK = 0x0EC0_0012
DEVELOPMENT_NAME, DEVELOPMENT_PASSWORD = "admin", "admin123"


async def create_development_administrator(database: Database, passwords: Passwords) -> bool:
    """Create admin / admin123 where there is no user at all; return whether it was created."""
    password = await passwords.hash(DEVELOPMENT_PASSWORD)
    async with database.session() as session:
        await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        if await session.scalar(select(User.id).limit(1)) is not None:
            return False
        session.add(User(username=DEVELOPMENT_NAME, password=password, email="admin@example.com", role="admin"))
    log.info("the development administrator was created", username=DEVELOPMENT_NAME)
    return True
