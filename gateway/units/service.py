"""Use cases of a client's session: claiming it, and verifying the unit it acts for (单位办税验证)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import redis

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis import Scripts
from gateway.identity.model import Session, SessionKind
from gateway.identity.passwords import Passwords
from gateway.identity.service import IdentityService
from gateway.pairing.service import PairingService
from gateway.protocol import Code, Stage
from gateway.units.model import UnitAccess, UnitStatus, Via
from gateway.units.store import UnitStore


@dataclass(frozen=True, slots=True)
class ClientSession:
    """A client's session, and the unit that it has been verified for."""

    session: Session
    unit: UnitAccess | None

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        return Stage.UNIT_VERIFIED if self.unit else Stage.LOGGED_IN


class UnitService:
    """What a client's session may do about units."""

    def __init__(
        self,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        units: UnitStore,
        identity: IdentityService,
        pairing: PairingService,
        passwords: Passwords,
    ) -> None:
        self._scripts = Scripts(client, "gateway.units", ("gateway.identity", "_session"))
        self._keys = keys
        self._clock = clock
        self._units = units
        self._identity = identity
        self._pairing = pairing
        self._passwords = passwords

    def session(self, token: str) -> ClientSession:
        """The client's session of this token; a unit that it may no longer act for is not verified any more."""
        session = self._identity.session_of(token, SessionKind.CLIENT)
        if not session.taxpayer_id:
            return ClientSession(session, None)
        unit = self._access(session.account_id, session.taxpayer_id)
        return ClientSession(session, unit if unit is not None and session.via in unit.via else None)

    def units_of(self, account_id: str) -> list[UnitAccess]:
        """The units that this account is bound to or authorized for."""
        return self._units.of_account(account_id, self._clock.now_ms())

    def units(self, token: str) -> list[UnitAccess]:
        """The same for a client's session."""
        return self.units_of(self._identity.session_of(token, SessionKind.CLIENT).account_id)

    def claim(self, ticket_id: str, secret: str, idempotency_key: str, address: str) -> tuple[str, dict[str, str]]:
        """See :meth:`PairingService.claim`."""
        return self._pairing.claim(ticket_id, secret, idempotency_key, address)

    def verify(self, token: str, taxpayer_id: str, declaration_password: str | None) -> ClientSession:
        """Verify a unit for this session: by an authorization in force, else by its declaration password.

        Raises ``unit_not_found`` where the account is neither bound nor authorized, ``unit_deregistered``,
        ``declaration_password_required``, ``declaration_password_invalid``.
        """
        session = self._identity.session_of(token, SessionKind.CLIENT)
        unit = self._access(session.account_id, taxpayer_id)
        if unit is None:
            raise Refusal(Code.UNIT_NOT_FOUND)
        if unit.status != UnitStatus.NORMAL:
            raise Refusal(Code.UNIT_DEREGISTERED)
        via = Via.AUTHORIZATION
        if unit.password_required:
            via = Via.BINDING
            if declaration_password is None:
                raise Refusal(Code.DECLARATION_PASSWORD_REQUIRED)
            row = self._units.get(taxpayer_id)
            if not self._passwords.matches(row.password_hash if row else None, declaration_password):
                raise Refusal(Code.DECLARATION_PASSWORD_INVALID)
        code, *_ = self._scripts.run(
            "verify_session",
            [self._keys.session(session.digest)],
            now=self._clock.now_ms(),
            taxpayer_id=taxpayer_id,
            via=via.value,
        )
        if code != "ok":
            raise Refusal(Code.UNAUTHENTICATED)
        return ClientSession(replace(session, taxpayer_id=taxpayer_id, via=via.value), unit)

    def logout(self, token: str) -> None:
        """End the client's session."""
        self._identity.logout(self._identity.session_of(token, SessionKind.CLIENT))

    def _access(self, account_id: str, taxpayer_id: str) -> UnitAccess | None:
        return next((unit for unit in self.units_of(account_id) if unit.taxpayer_id == taxpayer_id), None)
