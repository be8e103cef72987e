"""Builds the objects of this room; only ``gateway.bootstrap`` calls it."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from gateway.accounts.lockout import Lockout, Locks
from gateway.accounts.passwords import Passwords
from gateway.accounts.wiring import AccountsRoom
from gateway.audit.wiring import AuditRoom
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.secrets import ServerKey
from gateway.http.routes import Router
from gateway.pairing.wiring import PairingRoom
from gateway.registration.sms import SmsCodes
from gateway.throttling.wiring import ThrottlingRoom
from gateway.units import declaration_password_routes, routes, verification_routes
from gateway.units.authorizations import routes as authorizations_routes
from gateway.units.authorizations.service import Authorizations
from gateway.units.authorizations.store import AuthorizationStore
from gateway.units.cut_over import CutOver
from gateway.units.declaration_passwords import DeclarationPasswordResets, DeclarationPasswords, declaration_policy
from gateway.units.service import UnitService
from gateway.units.store import UnitStore
from gateway.units.web_codes import WebCodes


@dataclass(frozen=True, slots=True)
class UnitsRoom:
    """The built objects: what other rooms use, and routes."""

    service: UnitService
    store: UnitStore
    locks: Locks
    resets: DeclarationPasswordResets
    routers: list[Router]


def build_units(
    settings: Settings,
    client: redis.Redis,
    keys: Keys,
    clock: Clock,
    database: Database,
    passwords: Passwords,
    server_key: ServerKey,
    throttling: ThrottlingRoom,
    audit: AuditRoom,
    accounts: AccountsRoom,
    sms: SmsCodes,
    pairing: PairingRoom,
    cut_over: CutOver,
) -> UnitsRoom:
    """Wire the room for one worker."""
    store = UnitStore(database, heads_need_no_password=settings.heads_need_no_password)
    policy = declaration_policy(settings)
    lockout = Lockout(client, keys, clock, throttling.captchas, policy)
    proofs = DeclarationPasswords(settings, store, passwords, lockout, throttling.limits)
    service = UnitService(
        settings, client, keys, clock, cut_over, store, accounts.service, pairing.service, proofs, audit.audit_log
    )
    web_codes = WebCodes(settings, accounts.store, sms, throttling.limits, audit.audit_log)
    locks = Locks(client, keys, clock, policy)
    resets = DeclarationPasswordResets(
        settings,
        client,
        keys,
        clock,
        store,
        passwords,
        locks,
        accounts.service,
        server_key,
        web_codes,
        audit.inbox,
        audit.audit_log,
    )
    authorizations = Authorizations(
        settings,
        clock,
        cut_over,
        service,
        AuthorizationStore(database),
        accounts.store,
        throttling.limits,
        web_codes,
        audit.inbox,
        audit.audit_log,
    )

    routers = [
        routes.router(service, accounts.service, pairing.remembered, clock),
        verification_routes.router(service, accounts.service, clock),
        authorizations_routes.router(authorizations, accounts.service, clock),
        declaration_password_routes.router(resets, web_codes, service, accounts.service),
    ]

    return UnitsRoom(service, store, locks, resets, routers)
