"""Builds the objects of accounts, registration and throttling; only ``gateway.bootstrap`` calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import redis

from gateway.accounts import account_routes
from gateway.accounts import routes as accounts_routes
from gateway.accounts.account_status import AccountStatus
from gateway.accounts.lockout import Lockout, Locks, Policy
from gateway.accounts.login import Login
from gateway.accounts.passwords import Passwords
from gateway.accounts.service import AccountService
from gateway.accounts.sessions import Sessions
from gateway.accounts.store import AccountStore
from gateway.accounts.subjects import Subjects
from gateway.audit.audit_log import AuditLog, AuditRelay
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload
from gateway.foundation.secrets import ServerKey
from gateway.http.routes import Router
from gateway.registration import form_routes, routes
from gateway.registration.password_reset import ResetService
from gateway.registration.service import RegistrationService
from gateway.registration.sms import NoSms, SmsCodes, SmsProvider, SmsRules, WebhookSms
from gateway.registration.store import RegistrationStore
from gateway.throttling.captchas import Captchas
from gateway.throttling.rate_limits import Limits
from scan_to_login.protocol import Code


def login_policy(settings: Settings) -> Policy:
    """The number of wrong passwords that locks an account, and the lock's duration."""
    return Policy("account", settings.login_tries, settings.login_lock_seconds, Code.ACCOUNT_LOCKED)


def account_locks(settings: Settings, client: redis.Redis, keys: Keys, clock: Clock) -> Locks:
    """The locks of accounts."""
    return Locks(client, keys, clock, login_policy(settings))


def configured_sms(settings: Settings) -> SmsProvider:
    """The provider that the settings name: a webhook, or one that refuses."""
    if settings.sms_webhook_url:
        return WebhookSms(settings.sms_webhook_url, settings.sms_webhook_secret.get_secret_value())
    return NoSms()


@dataclass(frozen=True, slots=True)
class PeopleRooms:
    """The built objects: what other rooms use, routes, and background work."""

    service: AccountService
    registrations: RegistrationService
    resets: ResetService
    account_status: AccountStatus
    sessions: Sessions
    captchas: Captchas
    limits: Limits
    audit_log: AuditLog
    drain: AuditRelay
    routers: Callable[[], list[Router]]


def build_people(
    settings: Settings,
    client: redis.Redis,
    keys: Keys,
    clock: Clock,
    database: Database,
    passwords: Passwords,
    server_key: ServerKey,
    offload: Offload,
    sms: SmsProvider,
    worker_id: str,
    *,
    slack_ms: int,
) -> PeopleRooms:
    """Build the objects for one worker."""
    accounts = AccountStore(database)
    sessions = Sessions(client, keys, clock, slack_ms=slack_ms)
    captchas = Captchas(client, keys, clock, server_key, offload, seconds=settings.captcha_seconds)
    lockout = Lockout(client, keys, clock, captchas, login_policy(settings))
    subjects = Subjects(server_key)
    limits = Limits(client, keys, clock)
    audit_log = AuditLog(client, keys, clock, database)
    login = Login(settings, client, keys, accounts, passwords, lockout, limits, subjects, audit_log)
    service = AccountService(settings, clock, accounts, sessions, login, server_key, audit_log)
    rules = SmsRules(
        seconds=settings.sms_code_seconds,
        interval_seconds=settings.sms_interval_seconds,
        most=settings.sms_per_transaction,
        most_a_day=settings.sms_per_day,
        tries=settings.sms_tries,
    )
    codes = SmsCodes(client, keys, clock, server_key, sms, rules)
    registrations = RegistrationService(
        settings, client, keys, clock, server_key, RegistrationStore(database), codes, passwords, limits, audit_log
    )
    locks = account_locks(settings, client, keys, clock)
    resets = ResetService(
        settings, client, keys, clock, accounts, sessions, codes, passwords, locks, subjects, limits, audit_log
    )

    def routers() -> list[Router]:
        return [
            accounts_routes.router(service, clock),
            account_routes.router(service, clock),
            routes.router(registrations, resets, clock),
            form_routes.router(captchas, subjects, limits, settings),
        ]

    drain = AuditRelay(client, keys, database, worker_id, offload, keep=settings.sim)
    account_status = AccountStatus(accounts, sessions, clock, audit_log)
    return PeopleRooms(
        service, registrations, resets, account_status, sessions, captchas, limits, audit_log, drain, routers
    )
