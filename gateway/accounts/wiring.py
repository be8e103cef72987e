"""Puts the parts of this room together; ``gateway.bootstrap`` alone calls it."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from gateway.accounts import account_routes, inbox_routes, routes
from gateway.accounts.account_status import AccountStatus
from gateway.accounts.lockout import Lockout, Locks, Policy
from gateway.accounts.login import Login
from gateway.accounts.passwords import Passwords
from gateway.accounts.service import AccountService
from gateway.accounts.sessions import Sessions
from gateway.accounts.store import AccountStore
from gateway.accounts.subjects import Subjects
from gateway.audit.wiring import AuditRoom
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.secrets import ServerKey
from gateway.http.routes import Router
from gateway.throttling.wiring import ThrottlingRoom
from scan_to_login.protocol import Code


def login_policy(settings: Settings) -> Policy:
    """How many wrong passwords lock an account, and for how long."""
    return Policy("account", settings.login_tries, settings.login_lock_seconds, Code.ACCOUNT_LOCKED)


def account_locks(settings: Settings, client: redis.Redis, keys: Keys, clock: Clock) -> Locks:
    """The locks of accounts."""
    return Locks(client, keys, clock, login_policy(settings))


@dataclass(frozen=True, slots=True)
class AccountsRoom:
    """The room, wired: what other rooms use of it, and its routes."""

    service: AccountService
    store: AccountStore
    sessions: Sessions
    locks: Locks
    subjects: Subjects
    account_status: AccountStatus
    routers: list[Router]
    inbox_router: Router


def build_accounts(
    settings: Settings,
    client: redis.Redis,
    keys: Keys,
    clock: Clock,
    database: Database,
    passwords: Passwords,
    server_key: ServerKey,
    throttling: ThrottlingRoom,
    audit: AuditRoom,
    *,
    slack_ms: int,
) -> AccountsRoom:
    """Wire the room for one worker."""
    store = AccountStore(database)
    sessions = Sessions(client, keys, clock, slack_ms=slack_ms)
    subjects = Subjects(server_key)
    lockout = Lockout(client, keys, clock, throttling.captchas, login_policy(settings))
    login = Login(settings, client, keys, store, passwords, lockout, throttling.limits, subjects, audit.audit_log)
    service = AccountService(settings, clock, store, sessions, login, server_key, audit.audit_log)
    return AccountsRoom(
        service,
        store,
        sessions,
        account_locks(settings, client, keys, clock),
        subjects,
        AccountStatus(store, sessions, clock, audit.audit_log),
        [routes.router(service, clock), account_routes.router(service, clock)],
        inbox_routes.router(audit.inbox, service, settings.poll_wait_seconds),
    )
