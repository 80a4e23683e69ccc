"""What the system answered in one scenario, compared with what it answered when that was recorded."""

import difflib
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types

from deploy.local.demo.api import Api
from tests.golden.layout import laid_out
from tests.golden.masking import Masks

FOLDER = Path(__file__).with_name("recorded")
RECORD = "GOLDEN_RECORD"
"""Set in the environment, answers are recorded instead of compared."""

HEADERS = (
    "content-type", "content-disposition", "location", "etag", "cache-control", "vary", "allow", "www-authenticate",
    "retry-after",
)  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AS_IT_IS = {"Accept-Encoding": "identity"}


class Recording:
    """One scenario. Answers are asked for and noted in one step; ``compare`` ends it."""

    def __init__(self, name: str, gateway: str) -> None:
        self._path = FOLDER / f"{name}.txt"
        self._masks = Masks(gateway)
        self._lines: list[str] = []
        self.is_compared = False

    def ask(
        self, title: str, api: Api, method: str, path: str, *, id_kind: str = "row", **options: Any
    ) -> httpx.Response:
        """Send a request and note it."""
        answer = send(api, method, path, **options)
        self.note(title, answer, id_kind=id_kind)
        return answer

    def note(self, title: str, answer: httpx.Response, *, id_kind: str = "row") -> None:
        """Note what was asked for, and what came back."""
        method = answer.request.method
        self._lines += [f"== {title}", f"{method} {self._masks.masked(self._target(answer))}", str(answer.status_code)]
        self._lines += [f"{name}: {self._header(name, answer)}" for name in HEADERS if name in answer.headers]
        self._lines += [*self._body(answer, id_kind), ""]

    def get(self, title: str, api: Api, path: str, **options: Any) -> httpx.Response:
        return self.ask(title, api, "GET", path, **options)

    def post(self, title: str, api: Api, path: str, **options: Any) -> httpx.Response:
        return self.ask(title, api, "POST", path, **options)

    def delete(self, title: str, api: Api, path: str, **options: Any) -> httpx.Response:
        return self.ask(title, api, "DELETE", path, **options)

    def compare(self) -> None:
        """Fail with the differences to what was recorded."""
        self.is_compared = True
        told = "\n".join(self._lines).rstrip("\n") + "\n"
        if os.environ.get(RECORD):
            self._path.write_text(told, encoding="utf-8")
        recorded = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        names = (f"{self._path.name} as recorded", f"{self._path.name} now")
        differences = "".join(
            difflib.unified_diff(recorded.splitlines(keepends=True), told.splitlines(keepends=True), *names)
        )
        assert not differences, f"answers changed:\n{differences}"

    def _target(self, answer: httpx.Response) -> str:
        return answer.request.url.raw_path.decode()

    def _header(self, name: str, answer: httpx.Response) -> str:
        value = answer.headers[name]
        return self._masks.tag(value) if name == "etag" else self._masks.masked(value)

    def _body(self, answer: httpx.Response, id_kind: str) -> Sequence[str]:
        if not answer.content:
            return ["(no body)"]
        if answer.headers["content-type"] == XLSX:
            return _cells(answer.content)
        masked = self._masks.masked(answer.text, id_kind)
        order = self._masks.order(answer.text)
        return [laid_out(masked), *([f"times: {order}"] if "<" in order[1:] else [])]


def send(api: Api, method: str, path: str, **options: Any) -> httpx.Response:
    """The answer, not packed: whether it would be depends on its size."""
    headers = AS_IT_IS | options.pop("headers", {})
    return api.http.request(method, path, headers=headers, timeout=150, **options)


def _cells(content: bytes) -> list[str]:
    """Every sheet, row by row: the headers, then the cells that hold something."""
    book = load_workbook(io.BytesIO(content))
    lines: list[str] = []
    for sheet in book.worksheets:
        headers, *rows = sheet.iter_rows()
        lines += [f"sheet {sheet.title!r}", f"  headers: {', '.join(str(cell.value) for cell in headers)}"]
        lines += [
            f"  row {row[0].row}: "
            + ", ".join(
                f"{header.value}={cell.value!r}" for header, cell in zip(headers, row, strict=True) if cell.value != ""
                and cell.value is not None
            )
            for row in rows
        ]  # fmt: skip
    return lines
