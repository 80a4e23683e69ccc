from ecatalog.http.dependencies import Db
from ecatalog.http.responses import Json
from ecatalog.security.permissions import Staff
from fastapi import APIRouter, Response

from integration.checks import service
from integration.checks.dependencies import GivenSample
from integration.checks.schemas import CheckOut, SampleOut
from integration.dependencies import SettingsDep

router = APIRouter(prefix="/api/v1/integration/{integration_id:int}", tags=["integration"])


@router.post("/check/", summary="Try the connection", response_model=CheckOut)
async def check_integration(_: Staff, integration_id: int, database: Db, settings: SettingsDep) -> Response:
    """Whether 1C answers, takes the login and has the operations; `cause` and `message` say what is wrong.

    Of a base that sends by itself: what has come, and its price types and warehouses by key, for the mapping.
    """
    return Json((await service.check(database, integration_id, settings)).model_dump())


@router.post("/sample/", summary="Show the first records of a stream", response_model=SampleOut)
async def sample_integration(
    _: Staff, integration_id: int, given: GivenSample, database: Db, settings: SettingsDep
) -> Response:
    """The way of each record from 1C's fields to our columns, by the mapping or by a draft of one; nothing is stored.

    A service is called; of a base that sends by itself, the last set that is kept is read, also that of a dry run.
    """
    return Json((await service.sample(database, integration_id, given, settings)).model_dump())
