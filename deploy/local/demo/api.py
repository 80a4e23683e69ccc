"""The demonstration is a client of the API behind the gateway."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import httpx

SyncType = Literal["nomenklatura", "clients"]
POLL_EVERY = 0.1
_BRIEFLY_AWAY = {429, 502, 503, 504}


class RefusedError(Exception):
    """The gateway refused a request, or answered something else."""

    def __init__(self, response: httpx.Response) -> None:
        request = response.request
        super().__init__(f"{request.method} {request.url.path} answered {response.status_code}: {response.text[:500]}")
        self.status = response.status_code


@dataclass(frozen=True)
class SyncStatus:
    """The progress of a sync. ``updated`` counts the rows that existed before, ``unchanged`` those it did not touch.

    ``message`` says why it failed, or what is remarkable about a sync that did not.
    """

    status: str
    total: int
    processed: int
    created: int
    updated: int
    unchanged: int
    errors: int
    message: str | None

    @classmethod
    def read(cls, body: dict[str, Any]) -> "SyncStatus":
        return cls(
            status=body["status"],
            total=body["total"],
            processed=body["processed"],
            created=body["created_items"],
            updated=body["updated_items"],
            unchanged=body["unchanged"],
            errors=body["error_items"],
            message=body["error_message"] or body["message"],
        )

    @property
    def ended(self) -> bool:
        return self.status in {"completed", "error"}


class Api:
    """A client of one gateway, signed in once ``sign_in`` was called. Methods raise RefusedError."""

    def __init__(self, base_url: str, timeout: float = 30.0) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=timeout, trust_env=False)

    def close(self) -> None:
        self.http.close()

    def sign_in(self, username: str, password: str) -> str:
        """Sign in; all later calls carry the access token, which this returns."""
        pair = self.post("/api/token/", {"username": username, "password": password})
        token = str(pair["access"])
        self.http.headers["Authorization"] = f"Bearer {token}"
        return token

    def get(self, path: str, **parameters: str | int) -> Any:
        return _json(self.http.get(path, params=parameters or None))  # {} would drop the query of the path

    def find(self, path: str) -> Any | None:
        """Return the row at ``path``, None when there is none."""
        response = self.http.get(path)
        return None if response.status_code == 404 else _json(response)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return _json(self.http.post(path, json=body or {}))

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return _json(self.http.put(path, json=body))

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return _json(self.http.patch(path, json=body))

    def count(self, path: str, **parameters: str | int) -> int:
        """Return the number of rows of a list."""
        return int(self.get(path, limit=1, **parameters)["count"])

    def start_sync(self, kind: SyncType, integration: int) -> str:
        """Start a sync; returns the id of its task."""
        return str(self.post(f"/api/v1/integration/sync/{kind}/{integration}/")["task_id"])

    def sync_status(self, task_id: str) -> SyncStatus:
        return SyncStatus.read(self.get(f"/api/v1/integration/sync/status/{task_id}/"))

    def follow_sync(
        self, task_id: str, within: float = 300.0, on_status: Callable[[SyncStatus], None] = lambda _: None
    ) -> SyncStatus:
        """Wait for the end of a sync and return its status. A service that is unavailable meanwhile is asked again.

        Raises TimeoutError when the sync has not ended in time.
        """
        deadline = time.monotonic() + within
        status: SyncStatus | None = None
        while time.monotonic() < deadline:
            status = self.sync_status_if_there(task_id) or status
            if status is not None:
                on_status(status)
                if status.ended:
                    return status
            time.sleep(POLL_EVERY)
        raise TimeoutError(f"sync {task_id} has not ended within {within:g} s: {status}")

    def sync_status_if_there(self, task_id: str) -> SyncStatus | None:
        """Return the status of a sync, None while the service is unavailable."""
        try:
            return self.sync_status(task_id)
        except httpx.TransportError:
            return None
        except RefusedError as refused:
            if refused.status in _BRIEFLY_AWAY:
                return None
            raise


def _json(response: httpx.Response) -> Any:
    if not response.is_success:
        raise RefusedError(response)
    return response.json() if response.content else None
