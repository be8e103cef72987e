"""Routes of phones and clients: declared in ``scan_to_login.actor_wire``, answered by another process."""

from collections.abc import Callable

from flask import request

from gateway.control.actors.relay import ActorRelay
from gateway.http.routes import Call, Raw, Router
from scan_to_login.actor_wire.calls import ActorCall
from scan_to_login.actor_wire.clients import CLIENT_CALLS
from scan_to_login.actor_wire.phones import PHONE_CALLS


def routers(relay: ActorRelay, prefix: str) -> list[Router]:
    """The lists of routes: phones and clients."""

    def handler(call: ActorCall) -> Callable[[Call], Raw]:
        def pass_on(_call: Call) -> Raw:
            return relay.pass_on(request)

        pass_on.__name__ = call.name
        pass_on.__doc__ = call.description
        return pass_on

    rooms = []
    for tag, calls in (("phones", PHONE_CALLS), ("clients", CLIENT_CALLS)):
        room = Router(tag, prefix)
        for call in calls:
            room.add(
                call.method,
                call.rule,
                handler(call),
                body=call.body,  # type: ignore[arg-type]
                body_optional=call.body is not None,
                query=call.query,
                returns=call.returns,
                status=call.status,
                body_bytes=call.body_bytes,
                passed_on=True,
            )
        rooms.append(room)
    return rooms


def more_bytes(method: str, path: str, prefix: str) -> int:
    """The size of the largest body of a call, where it is not the usual one; else 0."""
    for call in PHONE_CALLS:
        head, _, tail = call.rule.partition("<phone_id>")
        if call.body_bytes and method == call.method and path.startswith(prefix + head) and path.endswith(tail):
            return call.body_bytes
    return 0
