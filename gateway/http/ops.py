"""Operations: is it alive, is it ready, what does it count, what does it speak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.foundation import metrics
from gateway.foundation.errors import Refusal
from gateway.http.doors import Answer, Call, Doors, Raw
from gateway.protocol import Code


class Health(Answer):
    """How the gateway is."""

    status: str


def doors(checks: dict[str, Callable[[], bool]]) -> Doors:
    """The room's list of doors; ``checks`` are what readiness depends on, by name."""

    def healthz(_call: Call) -> Health:
        """Whether the process answers at all."""
        return Health(status="ok")

    def readyz(_call: Call) -> Health:
        """Whether it can serve: Redis, its push subscription and the database answer."""
        missing = [name for name, check in checks.items() if not check()]
        if missing:
            raise Refusal(Code.UNAVAILABLE, f"Not ready: {', '.join(missing)}.", retry_after=1, missing=missing)
        return Health(status="ready")

    def metrics_text(_call: Call) -> Raw:
        """Prometheus metrics."""
        return Raw(metrics.exposition(), "text/plain; version=0.0.4; charset=utf-8")

    room = Doors("operations", "")
    room.add("GET", "/healthz", healthz, returns=Health)
    room.add("GET", "/readyz", readyz, returns=Health)
    room.add("GET", "/metrics", metrics_text, returns="text/plain")
    return room


def asyncapi(version: str, namespace: str, operations: dict[str, Any]) -> dict[str, Any]:
    """An AsyncAPI 3.0 document.

    ``operations`` maps an event's name to {action: receive or send (as the gateway sees it), summary, payload, reply}
    with payload and reply as Pydantic models; reply only where the event is acknowledged.
    """
    schemas: dict[str, Any] = {}

    def reference(model: Any) -> dict[str, str]:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
        return {"$ref": f"#/components/schemas/{model.__name__}"}

    messages: dict[str, Any] = {}
    document_operations: dict[str, Any] = {}
    for event, operation in operations.items():
        messages[event] = {"name": event, "summary": operation["summary"], "payload": reference(operation["payload"])}
        document_operations[event] = {
            "action": operation["action"],
            "channel": {"$ref": "#/channels/pairing"},
            "summary": operation["summary"],
            "messages": [{"$ref": f"#/channels/pairing/messages/{event}"}],
        }
        if "reply" in operation:
            name = f"{event}_acknowledgement"
            messages[name] = {
                "name": name,
                "summary": "Acknowledgement; a refusal is `{error: {code, detail}}`.",
                "payload": {"oneOf": [reference(operation["reply"]), reference(operation["refusal"])]},
            }
            document_operations[event]["reply"] = {
                "channel": {"$ref": "#/channels/pairing"},
                "messages": [{"$ref": f"#/channels/pairing/messages/{name}"}],
            }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Scan-to-login push", "version": version},
        "defaultContentType": "application/json",
        "channels": {
            "pairing": {
                "address": namespace,
                "description": "Socket.IO namespace; WebSocket transport.",
                "messages": messages,
            }
        },
        "operations": document_operations,
        "components": {"schemas": schemas},
    }
