"""The list of all data that the gateway deletes after its retention."""

from __future__ import annotations

from typing import Any, Final, cast

import redis
from sqlalchemy import Table, or_

from gateway.accounts.tables import Device, RememberedComputer
from gateway.audit.audit_log import GROUP
from gateway.audit.tables import AuditEventRow
from gateway.control.seed.forgotten import Forgotten
from gateway.core import Core
from gateway.foundation.database.belonging import Belonging
from gateway.foundation.database.retention import DAY_MS, EndedRows, Job, OldestRows, Pruner
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.telemetry.log_events import LogEvent
from gateway.foundation.telemetry.logs import log
from gateway.registration.tables import RegistrationCode
from gateway.units.tables import Authorization

IDLE_CONSUMER_MS: Final = DAY_MS


def build_pruner(core: Core, belonging: Belonging, worker_id: str) -> Pruner:
    """The pruner of one worker; not yet begun."""
    settings, clock, database = core.settings, core.clock, core.database

    def before(days: int) -> int:
        return clock.now_ms() - days * DAY_MS

    def ended() -> int:
        return before(settings.ended_days)

    jobs: list[Job] = [
        OldestRows(database, _table(AuditEventRow), lambda: AuditEventRow.at < before(settings.audit_days)),
        # A device whose session has run out can do nothing any more, revoked or not.
        EndedRows(
            database,
            clock,
            _table(Device),
            lambda: or_(
                Device.revoked_at < ended(), Device.enrolled_at < ended() - settings.phone_session_seconds * 1000
            ),
        ),
        EndedRows(
            database,
            clock,
            _table(Authorization),
            lambda: or_(Authorization.ended_at < ended(), Authorization.valid_until < ended()),
        ),
        EndedRows(
            database,
            clock,
            _table(RegistrationCode),
            lambda: or_(
                RegistrationCode.used_at < ended(),
                RegistrationCode.voided_at < ended(),
                RegistrationCode.expires_at < ended(),
            ),
        ),
        EndedRows(database, clock, _table(RememberedComputer), lambda: RememberedComputer.expires_at < clock.now_ms()),
        IdleConsumers(core.redis, core.keys),
        LostRedis(belonging),
    ]
    if settings.sim:
        tombstone_ms = settings.tickets_tombstone_seconds * 1000
        jobs.append(Forgotten(core.control_redis, core.keys, clock, tombstone_ms=tombstone_ms))
    return Pruner(core.control_redis, core.keys, worker_id, jobs, every=settings.prune_seconds)


class IdleConsumers:
    """Removes ended workers from the consumers of the audit log's stream: Redis would list them for ever."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._redis = client
        self._keys = keys

    def batch(self) -> bool:
        """See :class:`Job`."""
        with redis_faults_as_503():
            if not self._redis.exists(self._keys.audit_log):
                return False
            groups: list[Any] = self._redis.xinfo_groups(self._keys.audit_log)
            if not any(group["name"] == GROUP for group in groups):
                return False
            consumers: list[Any] = self._redis.xinfo_consumers(self._keys.audit_log, GROUP)
            for one in consumers:
                if not one["pending"] and one["idle"] > IDLE_CONSUMER_MS:
                    self._redis.xgroup_delconsumer(self._keys.audit_log, GROUP, one["name"])
        return False


class LostRedis:
    """Marks a Redis that restarted empty while the gateway runs."""

    def __init__(self, belonging: Belonging) -> None:
        self._belonging = belonging

    def batch(self) -> bool:
        """See :class:`Job`."""
        if not self._belonging.tell_lost_redis():
            log.error(
                LogEvent.REDIS_FOREIGN,
                message="this Redis belongs to another database by now: set another PAIRING_REDIS_PREFIX",
            )
        return False


def _table(model: type[Any]) -> Table:
    return cast("Table", model.__table__)
