import httpx
from ecatalog.testing.client import until


async def test_live_and_ready_answer_200(client: httpx.AsyncClient) -> None:
    async def ready() -> bool:
        return (await client.get("/health/ready")).status_code == 200

    await until(ready)
    live = await client.get("/health/live")
    assert live.json() == {"status": "ok", "checks": {"database": "ok"}}
