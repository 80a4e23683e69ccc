"""Writes the AsyncAPI document of the public events; ``make contracts`` stores it."""

import json
import re
from pathlib import Path
from typing import Any

from ecatalog.contracts import REGISTRY
from ecatalog.contracts.base import EventData, EventType

FILE = Path(__file__).parent / "asyncapi.json"

DESCRIPTION = """\
What changes in the catalog and its pictures, and the alarms of the sources that fill it, as CloudEvents 1.0 in JSON,
kept for seven days in three JetStream streams of NATS: `CATALOG`, `MEDIA` and `INTEGRATION`. Read them with a durable
pull consumer of your own, named `ext_…`, in the JetStream domain `events` and with the inbox prefix `_INBOX_ext`.

Every event shows rows as they are now, not what was done to them. An event may come more than once: recognise it by
its `id`. Events may come again later, in another order: of a row, keep the state with the largest `sequence`. Fields
and types are added; none is removed or changes its type within a version."""
SERVER = {
    "host": "localhost:8011",
    "protocol": "nats",
    "description": "The port lies 11 above the gateway's; the operator gives the address and the account.",
    "security": [{"$ref": "#/components/securitySchemes/outside"}],
}
ENVELOPE = {
    "type": "object",
    "description": "The CloudEvents 1.0 envelope of every event.",
    "required": ["specversion", "id", "source", "type", "subject", "time", "dataschema", "sequence", "data"],
    "properties": {
        "specversion": {"const": "1.0", "description": "The version of CloudEvents."},
        "id": {"type": "string", "format": "uuid", "description": "The event's own id: the same when it comes again."},
        "source": {"type": "string", "description": "The service that tells, such as `/services/catalog`."},
        "type": {"type": "string", "description": "The type with its version. Pass over those you do not know."},
        "subject": {"type": "string", "description": "What the event is about, such as the id of its first row."},
        "time": {"type": "string", "format": "date-time", "description": "When the change was made."},
        "datacontenttype": {"const": "application/json", "description": "The form of `data`."},
        "dataschema": {"type": "string", "description": "Where the gateway has the JSON Schema of `data`."},
        "sequence": {
            "type": "string",
            "pattern": "^[0-9]+$",
            "description": "A number in decimal digits that grows with each change its service tells.",
        },
        "requestid": {"type": "string", "description": "The API request that made the change, if one did."},
        "traceparent": {"type": "string", "description": "The W3C trace context of the change, if there is one."},
        "data": {"type": "object", "description": "What changed."},
    },
}


def document() -> dict[str, Any]:
    """Return AsyncAPI 3.0 with one channel, one operation and one message for each public type."""
    kinds = {kind.model.__name__: kind for name, kind in sorted(REGISTRY.items()) if kind.public}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "E-Catalog events",
            "version": "1.0.0",
            "description": DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"nats": SERVER},
        "channels": {name: _channel(name, kind) for name, kind in kinds.items()},
        "operations": {f"tell{name}": _operation(name, kind) for name, kind in kinds.items()},
        "components": {
            "messages": {name: _message(name, kind) for name, kind in kinds.items()},
            "schemas": {"Envelope": ENVELOPE, **_schemas(kinds)},
            "securitySchemes": {
                "outside": {"type": "userPassword", "description": "The account for other people's subscribers."}
            },
        },
    }


def text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    FILE.write_text(text(), encoding="utf-8")


def _channel(name: str, kind: EventType[EventData]) -> dict[str, Any]:
    return {
        "address": kind.subject,
        "title": kind.subject,
        "description": f"In the stream `{kind.stream}`. Subscribe to `{kind.subject}` and `{kind.subject}.>`.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "servers": [{"$ref": "#/servers/nats"}],
        "x-stream": kind.stream,
    }


def _operation(name: str, kind: EventType[EventData]) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": _summary(kind),
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
    }


def _message(name: str, kind: EventType[EventData]) -> dict[str, Any]:
    particular = {
        "type": {"const": kind.name, "description": "The type of this event."},
        "dataschema": {"const": kind.dataschema, "description": "The JSON Schema of `data`."},
        "data": {"$ref": f"#/components/schemas/{name}"},
    }
    return {
        "name": kind.name,
        "title": name,
        "summary": _summary(kind),
        "contentType": "application/json",
        "payload": {"allOf": [{"$ref": "#/components/schemas/Envelope"}, {"properties": particular}]},
    }


def _summary(kind: EventType[EventData]) -> str:
    return (kind.model.__doc__ or "").partition("\n")[0]


def _schemas(kinds: dict[str, EventType[EventData]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in kinds.items():
        schema = kind.model.model_json_schema(ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {})
        found[name] = schema
    return {name: _tidied(schema) for name, schema in sorted(found.items())}


def _tidied(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without the titles that repeat the names of fields, and with unwrapped descriptions."""
    tidy = {name: value for name, value in schema.items() if name != "title"}
    if "description" in tidy:
        tidy["description"] = re.sub(r"(?<!\n)\n(?!\n)", " ", tidy["description"])
    if "properties" in tidy:
        tidy["properties"] = {name: _tidied(value) for name, value in tidy["properties"].items()}
    return tidy
