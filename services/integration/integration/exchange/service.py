"""The steps of the exchange, in the order in which 1C takes them."""

from dataclasses import dataclass
from datetime import datetime

from ecatalog.core.clock import local_zone
from ecatalog.core.errors import BadRequest, NotFound
from ecatalog.db.database import Database
from ecatalog.db.pool import Transaction
from ecatalog.db.sql import execute

from integration.exchange import answers
from integration.exchange.dependencies import Receive
from integration.exchange.imports import import_file
from integration.exchange.parameters import Asked
from integration.exchange.passwords import KeyedHash, new_password
from integration.exchange.schemas import ExchangePasswordOut
from integration.exchange.sessions import COOKIE, Caller, ExchangeSession, begin, login_of
from integration.files import service as files
from integration.files.ending import close, count_missing, state_of
from integration.files.limits import FileRefused, StorageLimits
from integration.files.names import clean_name
from integration.integrations.kinds import EXCHANGE
from integration.integrations.pause import pause_sentence

NO_EXCHANGE = "This integration is not of the kind commerceml-exchange: 1C does not sign in to it."

_KIND = "select kind from integration where id = %(id)s::numeric and not is_deleted for update"
_KEEP = "update integration set exchange_password = %(hash)s, updated_at = now() where id = %(id)s"
_END_SESSIONS = "delete from exchange_session where integration_id = %(id)s"
_SET = "select id from source_set where session_id = %(session)s and outcome is null order by id desc limit 1"

_ORDERS = (
    '<?xml version="1.0" encoding="{encoding}"?>\n'
    '<КоммерческаяИнформация ВерсияСхемы="2.08" ДатаФормирования="{now:%Y-%m-%dT%H:%M:%S}"></КоммерческаяИнформация>'
)


@dataclass(frozen=True)
class Exchange:
    """A step of an exchange, and all that it needs. ``base_url`` is the gateway's address as 1C sees it."""

    database: Database
    hashes: KeyedHash
    limits: StorageLimits
    caller: Caller
    asked: Asked
    receive: Receive
    base_url: str


async def new_exchange_password(
    database: Database, hashes: KeyedHash, integration_id: int, base_url: str
) -> ExchangePasswordOut:
    """Make the password of an exchange anew, which ends the sessions of the old one. It is shown here only."""
    password, login = new_password(), login_of(integration_id)
    async with database.transaction() as connection:
        row = await (await execute(connection, _KIND, {"id": integration_id})).fetchone()
        if row is None:
            raise NotFound
        if row[0] != EXCHANGE:
            raise BadRequest({"detail": NO_EXCHANGE})
        await execute(connection, _KEEP, {"id": integration_id, "hash": hashes.of(password, login)})
        await execute(connection, _END_SESSIONS, {"id": integration_id})
    return ExchangePasswordOut(exchange_url=f"{base_url}/1c/{integration_id}/", exchange_login=login, password=password)


async def answer(step: Exchange) -> str:
    """Take a step; the first line of the answer is the word by which 1C goes on."""
    if step.asked.mode == "checkauth":
        return await _checkauth(step)
    session = step.caller.session or await begin(step.database, step.hashes, step.caller)
    if step.asked.type == "sale":
        return await _sale(step, session)
    if step.asked.mode in {"init", "file", "import"} and (sentence := await _pause(step)):
        return answers.failure(answers.PAUSED.format(sentence))
    try:
        return await _catalog(step, session)
    except FileRefused as refused:
        return answers.failure(answers.EXCESSES[refused.excess])


async def _checkauth(step: Exchange) -> str:
    session = await begin(step.database, step.hashes, step.caller)
    return answers.success(COOKIE, session.cookie, *answers.with_sessid(step.caller.dialect, session))


async def _catalog(step: Exchange, session: ExchangeSession) -> str:
    match step.asked.mode if step.asked.type in {"", "catalog"} else "":
        case "init":
            await files.drop_half_received(step.database, session.id)
            return _init(step, session)
        case "file":
            return await _file(step, session)
        case "import":
            name = clean_name(step.asked.filename)
            return await import_file(step.database, step.caller, session.id, name, step.base_url)
        case "deactivate":
            return await _deactivate(step, session)
        case "complete":
            return await _complete(step, session)
    return answers.success(answers.NOT_USED)


def _init(step: Exchange, session: ExchangeSession) -> str:
    lines = ("zip=yes", f"file_limit={answers.FILE_LIMIT}", *answers.with_sessid(step.caller.dialect, session))
    return "\n".join(lines)


async def _file(step: Exchange, session: ExchangeSession) -> str:
    name = clean_name(step.asked.filename)
    async with step.receive() as part:
        sender = files.Sender(step.caller.target.integration_id, session.id)
        await files.add_part(step.database, step.limits, sender, name, part)
    return answers.success()


async def _deactivate(step: Exchange, session: ExchangeSession) -> str:
    """Say how many products did not come; none is switched off."""
    async with step.database.transaction() as connection:
        set_id = await _open_set(connection, session) or 0
        state = await state_of(connection, set_id)
        if state is None:
            return answers.success(answers.NO_FILES)
        if not state.is_whole:
            return answers.success(answers.UNFINISHED)
        return answers.success(answers.counted(answers.MISSING, await count_missing(connection, set_id, state)))


async def _complete(step: Exchange, session: ExchangeSession) -> str:
    async with step.database.transaction() as connection:
        if set_id := await _open_set(connection, session):
            await close(connection, set_id)
    return answers.success()


async def _open_set(connection: Transaction, session: ExchangeSession) -> int | None:
    row = await (await execute(connection, _SET, {"session": session.id})).fetchone()
    return int(row[0]) if row else None


async def _sale(step: Exchange, session: ExchangeSession) -> str:
    """Answer the exchange of orders, of which there are none here."""
    if step.asked.mode == "init":
        return _init(step, session)
    if step.asked.mode == "query":
        return _ORDERS.format(encoding=step.caller.encoding, now=datetime.now(local_zone()))
    return answers.success()


async def _pause(step: Exchange) -> str | None:
    async with step.database.transaction() as connection:
        return await pause_sentence(connection, step.caller.target.integration_id)
