"""Replaces what differs from run to run by labels: equal values of one kind get equal labels, numbered as they come."""

import re
from datetime import UTC, datetime, timedelta

RECENT = timedelta(minutes=15)
"""Only times of this test are masked, so that one in another zone stands out."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r'(?P<moment>"timestamp":")?(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})')
_ADDRESS = re.compile(r"127\.0\.0\.1:(?P<value>\d+)")
# The first group is kept, the number behind it becomes a label of this kind.
_NUMBERS = (
    ("integration", re.compile(r'("integration"\s*:\s*\{"id"\s*:\s*|"integration_id"\s*:\s*)(\d+)')),
    ("integration", re.compile(r"(/sync/(?:nomenklatura|clients)/|[?&]integration_id=)(\d+)")),
    ("integration", re.compile(r'("base"\s*:\s*")(\d+)(?=")')),  # a base without a name has the integration's id
    ("project", re.compile(r'(\bproject_id(?:=|"\s*:\s*))(\d+)')),
    ("user", re.compile(r"(\buser )(\d+)")),
)
_ID = re.compile(r'("id"\s*:\s*)(\d+)')


class Masks:
    """The labels of one scenario. ``gateway`` is the base address that answers repeat."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self._labels: dict[str, dict[str, str]] = {}

    def masked(self, text: str, id_kind: str = "row") -> str:
        """``text`` with labels; a bare ``"id"`` is one of ``id_kind``. The JSON must not have been laid out yet."""
        text = text.replace(self._gateway, "<gateway>")
        text = _ADDRESS.sub(lambda found: self._label("address", found["value"]), text)
        text = _UUID.sub(lambda found: self._label("uuid", found[0]), text)
        for kind, pattern in _NUMBERS:
            text = pattern.sub(lambda found, kind=kind: found[1] + self._label(kind, found[2]), text)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        text = _ID.sub(lambda found: found[1] + self._label(id_kind, found[2]), text)
        return self._times_masked(text)

    def tag(self, etag: str) -> str:
        return self._label("etag", etag)

    def order(self, text: str) -> str:
        """The times of an answer from the earliest on; those of rejected rows, which no scenario fixes, are `rows`."""
        told = {(found["time"], self._time(found, 0)) for found in _TIME.finditer(text)}
        labels = ["rows" if label.startswith("<moment") else label for _, label in sorted(told)]
        return " < ".join(label for place, label in enumerate(labels) if labels[place - 1 : place] != [label])

    def _times_masked(self, text: str) -> str:
        seen: dict[str, int] = {}

        def masked(found: re.Match[str]) -> str:
            # Two rows may be rejected within one microsecond; they are different moments all the same.
            repeat = seen[found["time"]] = seen.get(found["time"], -1) + 1
            return (found["moment"] or "") + self._time(found, repeat)

        return _TIME.sub(masked, text)

    def _time(self, found: re.Match[str], repeat: int) -> str:
        time = datetime.fromisoformat(found["time"]).replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - time) > RECENT:
            return found["time"]
        return (
            self._label("moment", f"{found['time']} {repeat}")
            if found["moment"]
            else self._label("time", found["time"])
        )

    def _label(self, kind: str, value: str) -> str:
        labels = self._labels.setdefault(kind, {})
        return labels.setdefault(value, f"<{kind}:{len(labels) + 1}>")
