"""Builds the objects of accounts, registration and throttling; only ``gateway.bootstrap`` calls it."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from gateway.accounts.passwords import Passwords
from gateway.accounts.wiring import AccountsRoom
from gateway.audit.wiring import AuditRoom
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.secrets import ServerKey
from gateway.http.routes import Router
from gateway.registration import form_routes, routes
from gateway.registration.faces import FaceRecognition
from gateway.registration.password_reset import ResetService
from gateway.registration.service import RegistrationService
from gateway.registration.sms import NoSms, SmsCodes, SmsProvider, SmsRules, WebhookSms
from gateway.registration.store import RegistrationStore
from gateway.throttling.wiring import ThrottlingRoom


def configured_sms(settings: Settings) -> SmsProvider:
    """The provider that the settings name: a webhook, or one that refuses."""
    if settings.sms_webhook_url:
        return WebhookSms(settings.sms_webhook_url, settings.sms_webhook_secret.get_secret_value())
    return NoSms()


@dataclass(frozen=True, slots=True)
class RegistrationRoom:
    """The room, wired: what other rooms use of it, and its routes."""

    service: RegistrationService
    resets: ResetService
    sms: SmsCodes
    routers: list[Router]


def build_registration(
    settings: Settings,
    client: redis.Redis,
    keys: Keys,
    clock: Clock,
    database: Database,
    passwords: Passwords,
    server_key: ServerKey,
    sms: SmsProvider,
    faces: FaceRecognition,
    throttling: ThrottlingRoom,
    audit: AuditRoom,
    accounts: AccountsRoom,
) -> RegistrationRoom:
    """Build the objects for one worker."""
    limits = throttling.limits
    rules = SmsRules(
        seconds=settings.sms_code_seconds,
        interval_seconds=settings.sms_interval_seconds,
        most=settings.sms_per_transaction,
        most_a_day=settings.sms_per_day,
        tries=settings.sms_tries,
    )
    codes = SmsCodes(client, keys, clock, server_key, sms, rules)
    service = RegistrationService(
        settings,
        client,
        keys,
        clock,
        server_key,
        RegistrationStore(database),
        codes,
        passwords,
        faces,
        limits,
        audit.audit_log,
    )
    resets = ResetService(
        settings,
        client,
        keys,
        clock,
        accounts.store,
        accounts.sessions,
        codes,
        passwords,
        accounts.locks,
        accounts.subjects,
        limits,
        audit.audit_log,
    )
    routers = [
        routes.router(service, resets, clock),
        form_routes.router(throttling.captchas, accounts.subjects, limits, settings),
    ]
    return RegistrationRoom(service, resets, codes, routers)
