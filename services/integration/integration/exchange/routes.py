"""The address that 1C calls, and the password by which it signs in there."""

from ecatalog.http.dependencies import BaseUrl, Db
from ecatalog.http.middleware import WAITED
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Staff
from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from integration.dependencies import SettingsDep
from integration.exchange import answers, imports, service
from integration.exchange.dependencies import ExchangeCaller, ReceivePart
from integration.exchange.metrics import count_answer
from integration.exchange.parameters import asked
from integration.exchange.schemas import ExchangePasswordOut

router = APIRouter(tags=["integration"])

UNAUTHORIZED = {"WWW-Authenticate": 'Basic realm="exchange", charset="UTF-8"'}
NEVER_KEPT = {"Cache-Control": "no-store"}


@router.post(
    "/api/v1/integration/{integration_id:int}/exchange-password/", summary="Make the password of an exchange",
    response_model=ExchangePasswordOut,
)  # fmt: skip
async def make_exchange_password(
    _: Staff, integration_id: int, database: Db, settings: SettingsDep, base: BaseUrl
) -> Response:
    """The password that is entered in 1C. It is shown this once; one that was made before is not valid any more."""
    made = await service.new_exchange_password(database, settings.exchange_hash, integration_id, base)
    return Json(made.model_dump(), headers=NEVER_KEPT)


@router.api_route("/1c/{integration_id:int}", methods=["GET", "POST"], include_in_schema=False)
@router.api_route("/1c/{integration_id:int}/", methods=["GET", "POST"], include_in_schema=False)
@router.api_route("/1c/{integration_id:int}/1c_exchange.php", methods=["GET", "POST"], include_in_schema=False)
async def exchange(
    request: Request, caller: ExchangeCaller, receive: ReceivePart, database: Db, settings: SettingsDep, base: BaseUrl
) -> Response:
    """A step of the exchange that 1C has with websites."""
    step = asked(request.scope["query_string"])
    if caller is None or (step.mode == "checkauth" and not caller.has_login):
        count_answer(step.mode, "unauthorized")
        return _text("failure\nUnauthorized", "utf-8", 401)
    if step.mode == "import":
        request.scope[WAITED] = imports.WAIT_SECONDS
    asks = service.Exchange(database, settings.exchange_hash, settings.storage_limits, caller, step, receive, base)
    try:
        said = await service.answer(asks)
    except ClientDisconnect:
        said = answers.failure(answers.CUT_OFF)
    count_answer(step.mode, said.partition("\n")[0])
    return _text(said, caller.encoding)


def _text(said: str, encoding: str, status: int = 200) -> Response:
    headers = {**NEVER_KEPT, **(UNAUTHORIZED if status == 401 else {})}
    kind = f"text/plain; charset={encoding}"
    return Response(answers.encoded(said, encoding), status, headers, media_type=kind)
