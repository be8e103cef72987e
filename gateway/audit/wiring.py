"""Puts the parts of this room together; ``gateway.bootstrap`` alone calls it."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from gateway.audit.audit_log import AuditLog
from gateway.audit.inbox import Inbox
from gateway.audit.login_metrics import count_logins
from gateway.audit.relay import AuditRelay
from gateway.config import Settings
from gateway.foundation.callers import Waits
from gateway.foundation.clock import Clock
from gateway.foundation.database.engine import Database
from gateway.foundation.keys import Keys
from gateway.foundation.offload import Offload


@dataclass(frozen=True, slots=True)
class AuditRoom:
    """The room, wired: what other rooms use of it, and its background work."""

    audit_log: AuditLog
    inbox: Inbox
    relay: AuditRelay


def build_audit(
    settings: Settings,
    client: redis.Redis,
    keys: Keys,
    clock: Clock,
    database: Database,
    offload: Offload,
    worker_id: str,
) -> AuditRoom:
    """Wire the room for one worker."""
    audit_log = AuditLog(client, keys, clock, database)
    waits = Waits(settings.poll_waits_per_ticket, settings.poll_waits_per_address)
    inbox = Inbox(client, keys, database, audit_log, worker_id, waits)
    relay = AuditRelay(client, keys, database, worker_id, offload, keep=settings.sim)
    audit_log.on_record.append(relay.expect)
    relay.on_stored += [inbox.tell, count_logins]
    return AuditRoom(audit_log, inbox, relay)
