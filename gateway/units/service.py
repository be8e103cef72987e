"""Use cases of a client's session: claiming it, and verifying the unit it acts for (单位办税验证)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import redis
from pydantic_core import from_json

from gateway.accounts.model import Person, Session
from gateway.accounts.service import AccountService
from gateway.accounts.sessions import session_from
from gateway.audit.audit_log import AuditLog
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import Scripts
from gateway.foundation.secrets import digest, random_token
from gateway.pairing.service import PairingService
from gateway.throttling.captchas import CaptchaAnswer
from gateway.units.client_session import UNIT_ACCOUNT, ClientSession
from gateway.units.cut_over import CutOver
from gateway.units.declaration_passwords import DeclarationPasswords
from gateway.units.menu import Function, menu_of
from gateway.units.model import STATUS_CODES, UnitAccess, Verified
from gateway.units.store import UnitStore
from gateway.units.tables import Unit
from scan_to_login.protocol import Code, SessionKind, UnitStatus, Via
from scan_to_login.qr_payload import reset_qr

HOLDERS_KEPT = 10_000


class UnitService:
    """A client's session: its units, its verification, its menu."""

    def __init__(
        self,
        settings: Settings,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        cut_over: CutOver,
        units: UnitStore,
        identity: AccountService,
        pairing: PairingService,
        passwords: DeclarationPasswords,
        audit_log: AuditLog,
    ) -> None:
        self._settings = settings
        self._scripts = Scripts(client, "gateway.units")
        self._keys = keys
        self._clock = clock
        self._cut_over = cut_over
        self._units = units
        self._identity = identity
        self._pairing = pairing
        self._passwords = passwords
        self._audit_log = audit_log
        # Whose the sessions are that were claimed here, by their digest: that never changes, whatever becomes of them.
        self._holders: OrderedDict[str, str] = OrderedDict()

    def session(self, token: str) -> ClientSession:
        """The client's session of this token; without a verified unit if the account may no longer act for it.

        Raises ``unauthenticated``, also if the unit's declaration password was reset, or the cut-over has ended logins
        by it.
        """
        return self.current(self._identity.session_of(token, SessionKind.CLIENT))

    def current(self, session: Session) -> ClientSession:
        """The same for a client's session that was looked up already. Raises ``unauthenticated``."""
        if not session.taxpayer_id:
            return ClientSession(session, None)
        unit = self._present(session)
        version = int(session.password_version)
        if session.via == Via.LEGACY and (unit is None or not self._cut_over.unit_login):
            self._end(session)
        if unit is not None and unit.password_version != version:
            self._end(session)
        proof = Verified(session.taxpayer_id, session.via, session.authorization_id, version)
        return ClientSession(session, unit if proof.stands(unit) else None)

    def units_of(self, account_id: str) -> list[UnitAccess]:
        """The units that this account is bound to, authorized for, or a head of."""
        return self._units.of_account(account_id, self._clock.now_ms(), authorizations=self._cut_over.authorizations)

    def units(self, token: str) -> list[UnitAccess]:
        """The same for a client's session."""
        current = self.session(token)
        if not current.personal:
            return [current.unit] if current.unit else []
        return self.units_of(current.session.account_id)

    def access(self, account_id: str, taxpayer_id: str) -> UnitAccess | None:
        """An account's rights at a unit; None if it has none or the unit is unknown."""
        if not taxpayer_id:  # a path without a taxpayer number
            return None
        now = self._clock.now_ms()
        return self._units.access(account_id, taxpayer_id, now, authorizations=self._cut_over.authorizations)

    def known_to(self, account_id: str) -> list[UnitAccess]:
        """The units that an account is bound to, authorized for, or has a role at."""
        return self._units.known_to(account_id, self._clock.now_ms(), authorizations=self._cut_over.authorizations)

    def menu(self, token: str) -> tuple[UnitAccess, tuple[Function, ...]]:
        """The functions for this session's person. Raises ``unit_verification_required``."""
        unit = self.session(token).unit
        if unit is None:
            raise Refusal(Code.UNIT_VERIFICATION_REQUIRED)
        return unit, menu_of(unit)

    def exchange_for_session(
        self, ticket_id: str, secret: str, idempotency_key: str, address: str, code: str = ""
    ) -> tuple[str, dict[str, str], list[UnitAccess]]:
        """See :meth:`PairingService.exchange_for_token`; the units of the account beside it.

        It reads the units before it spends the ticket. If the database is away, it refuses the claim as
        ``unavailable``, and the client can repeat it (SECURITY.md 45).
        """
        claimant = self._scripts.run("claimant", [self._keys.ticket(ticket_id)], secret_digest=digest(secret))
        units = self.units_of(claimant) if claimant else []
        token, fields = self._pairing.exchange_for_token(ticket_id, secret, idempotency_key, address, code)
        self._holders[digest(token)] = fields["account_id"]
        if len(self._holders) > HOLDERS_KEPT:
            self._holders.popitem(last=False)
        return token, fields, units

    def verify(
        self, token: str, taxpayer_id: str, password: str | None, captcha: CaptchaAnswer | None, address: str
    ) -> ClientSession:
        """Verify a unit for this session: by an authorization in force, else by the declaration password.

        A head needs no password where the setting ``heads_need_no_password`` says so.

        An account with a role at the unit, or with an ended authorization, is bound to it by the password, as by
        :meth:`bind`. Raises ``unit_not_found`` if the account never had a relation to the unit, ``unit_abnormal``,
        ``unit_deregistered``, ``declaration_password_required``, ``declaration_password_invalid``,
        ``captcha_required``, ``captcha_invalid``, ``unit_locked``.
        """
        account_id = self._holder(token)
        try:
            unit, via = self._verified(token, account_id, taxpayer_id, password, captcha)
        except Refusal as refusal:
            self._person(token)  # a session that is over is told nothing of units
            self._refused("unit.verify", refusal, account_id, taxpayer_id, address)
            raise
        return self._mark(digest(token), unit, via, "unit.verify", address)

    def bind(
        self, token: str, taxpayer_id: str, password: str, captcha: CaptchaAnswer | None, address: str
    ) -> ClientSession:
        """Bind this account to a unit by its declaration password, and verify it.

        Raises ``unit_credentials_invalid``, ``captcha_required``, ``captcha_invalid`` and ``unit_locked``, the same for
        a wrong password and an unknown unit; ``unit_abnormal``, ``unit_deregistered``.
        """
        session = self._person(token)
        try:
            row = self._passwords.prove_anywhere(taxpayer_id, password, captcha, address)
            _refuse_status(row.status)
        except Refusal as refusal:
            self._refused("unit.bind", refusal, session.account_id, taxpayer_id, address)
            raise
        self._units.bind(session.account_id, taxpayer_id, self._clock.now_ms())
        unit = self.access(session.account_id, taxpayer_id)
        if unit is None:
            raise Refusal(Code.UNIT_CREDENTIALS_INVALID)
        return self._mark(
            session.digest, replace(unit, password_version=row.password_version), Via.BINDING, "unit.bind", address
        )

    def login_legacy(
        self, taxpayer_id: str, password: str, captcha: CaptchaAnswer | None, device: str, address: str
    ) -> tuple[str, ClientSession]:
        """Log a client in by declaration password alone, as before the cut-over: its token and session.

        Raises like :meth:`bind`, and ``legacy_login_closed``.
        """
        if not self._cut_over.unit_login:
            raise Refusal(Code.LEGACY_LOGIN_CLOSED)
        try:
            row = self._passwords.prove_anywhere(taxpayer_id, password, captcha, address)
            _refuse_status(row.status)
        except Refusal as refusal:
            self._refused("login.legacy", refusal, "", taxpayer_id, address)
            raise
        token = random_token()
        session = self._identity.sessions.open(
            token,
            SessionKind.CLIENT,
            Person(f"{UNIT_ACCOUNT}{taxpayer_id}", "", "", ""),
            seconds=self._settings.client_session_seconds,
            idle_seconds=self._settings.client_idle_seconds,
            address=address,
            device_name=device,
        )
        return token, self._mark(session.digest, _unit_of(row), Via.LEGACY, "login.legacy", address)

    def hand_on(self, current: ClientSession, session_digest: str, address: str) -> None:
        """Verify for another session of the same account the unit that is verified for this one, if any."""
        if current.unit is not None:
            self._mark(session_digest, current.unit, Via(current.session.via), "unit.verify", address)

    def reset_offer(self, token: str, taxpayer_id: str, asked: str) -> tuple[str, str]:
        """For 忘记申报密码: the text of the QR for the app, and the link to the WEB platform.

        ``asked`` is the address that the caller has called. The answer is the same for every taxpayer number: it does
        not show whether the unit exists.
        """
        self._identity.session_of(token, SessionKind.CLIENT)
        if not taxpayer_id:
            raise Refusal(Code.UNIT_NOT_FOUND)
        url = self._pairing.public.told_to(asked)
        return reset_qr(url, taxpayer_id), f"{url.rstrip('/')}/web/#/declaration-password/{taxpayer_id}"

    def logout(self, token: str) -> None:
        """End the client's session."""
        self._identity.logout(self._identity.session_of(token, SessionKind.CLIENT))

    def _holder(self, token: str) -> str:
        """The account whose session this is; whether the session is still in force, `_mark` and `_person` ask."""
        return self._holders.get(digest(token)) or self._person(token).account_id

    def _person(self, token: str) -> Session:
        current = self._identity.session_of(token, SessionKind.CLIENT)
        if not ClientSession(current, None).personal:
            raise Refusal(Code.FORBIDDEN, "This session is a unit's own; log in as a person to verify a unit.")
        return current

    def _present(self, session: Session) -> UnitAccess | None:
        if session.via != Via.LEGACY:
            return self.access(session.account_id, session.taxpayer_id)
        row = self._units.get(session.taxpayer_id)
        return _unit_of(row) if row else None

    def _verified(
        self, token: str, account_id: str, taxpayer_id: str, password: str | None, captcha: CaptchaAnswer | None
    ) -> tuple[UnitAccess, Via]:
        unit = self.access(account_id, taxpayer_id)
        if unit is None:
            raise Refusal(Code.UNIT_NOT_FOUND)
        _refuse_status(unit.status)
        if not unit.password_required:
            return unit, Via.AUTHORIZATION if Via.AUTHORIZATION in unit.via else Via.ROLE
        if password is None:
            raise Refusal(Code.DECLARATION_PASSWORD_REQUIRED)
        self._person(token)  # a session that is over tries no password
        row = self._passwords.prove_at(taxpayer_id, password, captcha, wrong=Code.DECLARATION_PASSWORD_INVALID)
        if Via.BINDING not in unit.via:
            self._units.bind(account_id, taxpayer_id, self._clock.now_ms())
            unit = self.access(account_id, taxpayer_id) or unit
        return replace(unit, password_version=row.password_version), Via.BINDING

    def _mark(self, hashed: str, unit: UnitAccess, via: Via, action: str, address: str) -> ClientSession:
        authorization_id = unit.authorization_id if via is Via.AUTHORIZATION else ""
        code, *fields = self._scripts.run(
            "verify_session",
            [
                self._keys.session(hashed),
                self._keys.unit_sessions(unit.taxpayer_id),
                self._keys.audit_log,
            ],
            now=self._clock.now_ms(),
            digest=hashed,
            taxpayer_id=unit.taxpayer_id,
            via=via.value,
            authorization_id=authorization_id,
            password_version=unit.password_version,
            action=action,
            address=address,
        )
        if code != "ok":
            raise Refusal(Code.UNAUTHENTICATED)
        return ClientSession(session_from(hashed, from_json(fields[0])), unit)

    def _end(self, session: Session) -> None:
        self._identity.sessions.end(session.account_id, [session.digest])
        raise Refusal(Code.UNAUTHENTICATED)

    def _refused(self, action: str, refusal: Refusal, account_id: str, taxpayer_id: str, address: str) -> None:
        self._audit_log.record(action, refusal.code, address, account_id=account_id, taxpayer_id=taxpayer_id)


def _unit_of(row: Unit) -> UnitAccess:
    return UnitAccess(
        row.taxpayer_id, row.name, row.status, via=(Via.LEGACY.value,), password_version=row.password_version
    )


def _refuse_status(status: str) -> None:
    if status != UnitStatus.NORMAL:
        raise Refusal(STATUS_CODES[UnitStatus(status)])
