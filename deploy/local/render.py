"""A line of a process is rendered for the terminal."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

ERRORS = frozenset({"error", "critical", "fatal", "panic"})
WARNINGS = ERRORS | {"warning"}
NAME_WIDTH = 20
_COLOURS = (36, 33, 35, 34, 32, 96, 93, 95, 94, 92)
_RED, _YELLOW, _FAINT = 31, 33, 2
# The terminal already names the process; the level has a colour and the time a column of its own.
_SHOWN_ELSEWHERE = {"event", "message", "level", "timestamp", "time", "service", "exception"}
_NAMED_LEVEL = re.compile(r"\b(WARNING|ERROR|FATAL|PANIC|CRITICAL|WRN|ERR|FTL)\b")
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(: |$)")
_ROUTINE = ("uvicorn.", "alembic.")
_SHORT_NAMES = {"wrn": "warning", "warn": "warning", "err": "error", "ftl": "fatal"}


def render(name: str, line: str, *, now: datetime, colour: bool) -> str:
    """Render a line for people: time, process, message. JSON becomes a sentence with its facts behind it."""
    fields = _json(line)
    text = line if fields is None else _sentence(fields)
    if fields is not None and (trace := fields.get("exception")):
        text += "\n" + str(trace).rstrip()
    stamp = now.strftime("%H:%M:%S")
    label = name.ljust(NAME_WIDTH)
    if not colour:
        return f"{stamp} {label} {text}"
    if (severity := level(line)) in WARNINGS:
        text = _paint(text, _RED if severity in ERRORS else _YELLOW)
    return f"{_paint(stamp, _FAINT)} {_paint(label, _colour_of(name))} {text}"


def level(line: str) -> str:
    """Return the level that a line names, in lower case; empty when it names none."""
    fields = _json(line)
    if fields is not None:
        return _level(fields)
    found = _NAMED_LEVEL.search(line)
    return _in_full(found[1].lower()) if found else ""


def is_routine(line: str) -> bool:
    """Return whether a line says only that a server or a migration works as usual."""
    fields = _json(line)
    return fields is not None and str(fields.get("logger", "")).startswith(_ROUTINE) and _level(fields) == "info"


def gist(lines: Sequence[str]) -> str:
    """Return one line for what the last lines of a process say about its end."""
    fatal = [line for line in lines if level(line) in ERRORS - {"error"}]
    if not fatal and (said := _exception(lines)):
        return said
    errors = [line for line in lines if level(line) in ERRORS]
    worst = (fatal or errors or [*lines] or ["nothing"])[-1]
    fields = _json(worst)
    if fields is None:
        return worst.strip()
    said = _exception(str(fields.get("exception", "")).splitlines())
    return f"{_sentence(fields)}: {said}" if said else _sentence(fields)


def _exception(lines: Sequence[str]) -> str:
    """Return the message of the last exception of a trace, without the lines of libraries below it."""
    if not any(line.startswith("Traceback") for line in lines):
        return ""
    return next((line for line in reversed(lines) if _EXCEPTION.match(line)), "")


def _json(line: str) -> Mapping[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _level(fields: Mapping[str, Any]) -> str:
    return _in_full(str(fields.get("level", "")))


def _in_full(name: str) -> str:
    return _SHORT_NAMES.get(name, name)


def _sentence(fields: Mapping[str, Any]) -> str:
    severity = _level(fields)
    facts = [f"{key}={_short(value)}" for key, value in fields.items() if key not in _SHOWN_ELSEWHERE]
    return " ".join(
        [
            *([severity.upper()] if severity in WARNINGS else []),
            str(fields.get("event", fields.get("message", ""))),
            *facts,
        ]
    )


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if text and " " not in text else f"'{text}'"


def _colour_of(name: str) -> int:
    return _COLOURS[sum(name.encode()) % len(_COLOURS)]


def _paint(text: str, colour: int) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m"
