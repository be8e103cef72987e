"""Puts the parts of this room together; ``gateway.bootstrap`` alone calls it."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from gateway.accounts.wiring import AccountsRoom
from gateway.audit.wiring import AuditRoom
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload
from gateway.foundation.secrets import ServerKey
from gateway.http.origins.public_address import PublicAddress
from gateway.http.routes import Router
from gateway.pairing import routes
from gateway.pairing.push import Push
from gateway.pairing.remembered import routes as remembered_routes
from gateway.pairing.remembered.service import RememberedComputers
from gateway.pairing.remembered.store import RememberedStore
from gateway.pairing.service import PairingService
from gateway.pairing.store import TicketStore
from gateway.pairing.targeted import routes as targeted_routes
from gateway.pairing.targeted.request_store import RequestStore
from gateway.pairing.targeted.service import TargetedTickets
from gateway.throttling.wiring import ThrottlingRoom


@dataclass(frozen=True, slots=True)
class PairingRoom:
    """The room, wired: what other rooms use of it, its routes, and its background work."""

    service: PairingService
    targeted: TargetedTickets
    remembered: RememberedComputers
    store: TicketStore
    push: Push
    routers: list[Router]


def build_pairing(
    settings: Settings,
    client: redis.Redis,
    keys: Keys,
    clock: Clock,
    database: Database,
    server_key: ServerKey,
    throttling: ThrottlingRoom,
    audit: AuditRoom,
    accounts: AccountsRoom,
    offload: Offload,
    public: PublicAddress,
    worker_id: str,
    *,
    slack_ms: int,
) -> PairingRoom:
    """Wire the room for one worker; ``public`` knows where clients and phones reach it."""
    store = TicketStore(client, keys, clock, settings, slack_ms=slack_ms)
    requests = RequestStore(client, keys, clock, settings, slack_ms=slack_ms)
    for tickets in (store, requests):
        tickets.on_run.append(audit.relay.expect)
    push = Push(
        settings.redis_url.get_secret_value(), keys, clock, store, worker_id, channel=getattr(client, "channel", None)
    )
    service = PairingService(settings, clock, store, push, server_key, public)
    accounts.sessions.on_end.append(store.withdraw_scanned_by)
    service.on_guessing.append(accounts.service.log_out_guesser)
    targeted = TargetedTickets(
        settings,
        clock,
        requests,
        service,
        accounts.store,
        accounts.subjects,
        accounts.sessions,
        throttling.limits,
        audit.inbox,
        audit.audit_log,
        server_key,
    )
    remembered = RememberedComputers(
        settings,
        clock,
        RememberedStore(database),
        store,
        targeted,
        accounts.store,
        accounts.sessions,
        audit.audit_log,
        server_key,
    )
    accounts.service.on_disown.append(remembered.disowned)
    routers = [
        routes.router(service, targeted, remembered, offload),
        remembered_routes.router(remembered),
        targeted_routes.router(targeted, settings.poll_wait_seconds),
    ]
    return PairingRoom(service, targeted, remembered, store, push, routers)
