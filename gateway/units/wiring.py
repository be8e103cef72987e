"""Builds the objects of this room; only ``gateway.bootstrap`` calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import redis

from gateway.accounts import inbox_routes
from gateway.accounts.lockout import Lockout, Locks
from gateway.accounts.passwords import Passwords
from gateway.accounts.store import AccountStore
from gateway.audit.inbox import Inbox
from gateway.config import Settings
from gateway.foundation.callers import Waits
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.secrets import ServerKey
from gateway.http.routes import Router
from gateway.pairing.service import PairingService
from gateway.registration.wiring import PeopleRooms
from gateway.units import declaration_password_routes, routes, verification_routes
from gateway.units.authorizations import routes as authorizations_routes
from gateway.units.authorizations.service import Authorizations
from gateway.units.authorizations.store import AuthorizationStore
from gateway.units.cut_over import CutOver
from gateway.units.declaration_passwords import DeclarationPasswordResets, DeclarationPasswords, declaration_policy
from gateway.units.service import UnitService
from gateway.units.store import UnitStore


@dataclass(frozen=True, slots=True)
class UnitsRoom:
    """The built objects: what other rooms use, and routes."""

    service: UnitService
    resets: DeclarationPasswordResets
    inbox: Inbox
    cut_over: CutOver
    routers: Callable[[], list[Router]]


def build_units(
    settings: Settings,
    client: redis.Redis,
    keys: Keys,
    clock: Clock,
    database: Database,
    passwords: Passwords,
    server_key: ServerKey,
    people: PeopleRooms,
    pairing: PairingService,
    worker_id: str,
    *,
    seeded_cut_over: Callable[[], date | None],
) -> UnitsRoom:
    """Build the objects for one worker. The setting of the cut-over overrides the seed's."""
    store = UnitStore(database)
    policy = declaration_policy(settings)
    cut_over = CutOver(clock, lambda: settings.cut_over_date or seeded_cut_over())
    lockout = Lockout(client, keys, clock, people.captchas, policy)
    proofs = DeclarationPasswords(settings, store, passwords, lockout, people.limits)
    service = UnitService(
        settings, client, keys, clock, cut_over, store, people.service, pairing, proofs, people.audit_log
    )
    waits = Waits(settings.poll_waits_per_ticket, settings.poll_waits_per_address)
    inbox = Inbox(client, keys, database, people.audit_log, worker_id, waits)
    people.drain.on_stored.append(inbox.tell)
    resets = DeclarationPasswordResets(
        settings,
        client,
        keys,
        clock,
        store,
        passwords,
        Locks(client, keys, clock, policy),
        people.service,
        server_key,
        inbox,
        people.audit_log,
    )
    authorizations = Authorizations(
        settings,
        clock,
        cut_over,
        service,
        AuthorizationStore(database),
        AccountStore(database),
        people.limits,
        inbox,
        people.audit_log,
    )

    def routers() -> list[Router]:
        return [
            routes.router(service, people.service, clock),
            verification_routes.router(service, people.service, clock),
            authorizations_routes.router(authorizations, people.service),
            declaration_password_routes.router(resets, service, people.service),
            inbox_routes.router(inbox, people.service, settings.poll_wait_seconds),
        ]

    return UnitsRoom(service, resets, inbox, cut_over, routers)
