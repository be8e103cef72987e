"""Operations: health, readiness, metrics, and the AsyncAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field

from gateway.foundation.errors import Refusal
from gateway.foundation.readiness import Readiness
from gateway.foundation.telemetry import metrics
from gateway.http.routes import Answer, Call, Raw, Router
from scan_to_login.protocol import Code
from scan_to_login.request_shapes import Query


class Health(Answer):
    """The gateway's health."""

    status: str


class Ready(Answer):
    """What this worker can do now; `parts` has `ok` for each working part."""

    status: str
    parts: dict[str, str]


class ReadyQuery(Query):
    """The purpose: `login` needs every part, `scan` those that a ticket needs from its QR to the confirm."""

    purpose: Literal["login", "scan"] = Field(default="login", alias="for")


def router(readiness: Readiness, read_metrics: Callable[[], None]) -> Router:
    """The room's list of routes; ``read_metrics`` brings this worker's metrics up to date."""

    def healthz(_call: Call) -> Health:
        """200 if the process answers; use it to decide about a restart."""
        return Health(status="ok")

    def readyz(call: Call) -> Ready:
        """Whether this worker can log people in, by part; route by `/readyz?for=scan`.

        `redis` answers, enough replicas have acknowledged a change (`redis_write`), `push` receives changes, the
        `database` answers, no `background` loop has failed for long, and the worker is not `draining`. All parts are
        checked at once, each with a limit of three seconds. `for=scan` leaves out database and background loops:
        without them tickets are still requested, scanned, confirmed and rejected.
        """
        parts = readiness.parts(call.query.purpose)
        missing = [name for name, wrong in parts.items() if wrong]
        if missing:
            why = " ".join(f"{name}: {parts[name].rstrip('.')}." for name in missing)
            told = {name: wrong or "ok" for name, wrong in parts.items()}
            raise Refusal(Code.UNAVAILABLE, f"Not ready. {why}", retry_after=1, missing=missing, parts=told)
        return Ready(status="ready", parts=dict.fromkeys(parts, "ok"))

    def metrics_text(_call: Call) -> Raw:
        """Prometheus metrics of all workers; docs/reference/metrics.md lists them."""
        read_metrics()
        return Raw(metrics.exposition(), metrics.CONTENT_TYPE)

    room = Router("operations", "")
    room.add("GET", "/healthz", healthz, returns=Health)
    room.add("GET", "/readyz", readyz, query=ReadyQuery, returns=Ready)
    room.add("GET", "/metrics", metrics_text, returns="text/plain")
    return room


def asyncapi(version: str, namespace: str, operations: dict[str, Any]) -> dict[str, Any]:
    """An AsyncAPI 3.1 document.

    ``operations`` maps an event's name to {action: receive or send (as the gateway sees it), summary, payload, reply};
    payload and reply are Pydantic models. An event without acknowledgement has no reply.
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
        "asyncapi": "3.1.0",
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
