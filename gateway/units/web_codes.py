"""SMS codes for what a password alone is too little for on the WEB platform (DESIGN.md section 5)."""

from __future__ import annotations

from gateway.accounts.model import Session
from gateway.accounts.store import AccountStore
from gateway.audit.audit_log import AuditLog
from gateway.config import Settings
from gateway.foundation.addresses import network_of
from gateway.foundation.errors import Refusal, refused_field
from gateway.registration.sms import Purpose, SmsCodes, sms_language
from gateway.throttling.rate_limits import Bucket, Limits
from gateway.units.model import UnitAccess
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import Code, SessionKind
from scan_to_login.rules.people import masked_phone


class WebCodes:
    """Sends codes to the phone on file, and takes them: one purpose and one unit each, for one session."""

    def __init__(
        self, settings: Settings, accounts: AccountStore, sms: SmsCodes, limits: Limits, audit_log: AuditLog
    ) -> None:
        self._settings = settings
        self._accounts = accounts
        self._sms = sms
        self._limits = limits
        self._audit_log = audit_log

    def send(
        self, session: Session, unit: UnitAccess | None, purpose: Purpose, address: str
    ) -> tuple[tuple[int, int], str]:
        """Send a code to a head of the unit: the seconds of :meth:`SmsCodes.send`, and the phone, masked.

        Raises ``unit_not_found``, ``forbidden``, ``rate_limited``, ``unavailable``.
        """
        if unit is None:
            raise Refusal(Code.UNIT_NOT_FOUND)
        if session.kind is not SessionKind.WEB:
            raise Refusal(Code.FORBIDDEN, "A phone proves its owner by its one-time code.")
        if not unit.is_head:
            raise Refusal(Code.FORBIDDEN, "The unit's legal representative or finance manager alone can do this.")
        account = self._accounts.get(session.account_id)
        if account is None:
            raise Refusal(Code.UNAUTHENTICATED)
        self._limits.take(Bucket("sms-address", network_of(address), self._settings.sms_per_address, 3600))
        seconds = self._sms.send(
            purpose,
            _transaction(session, unit.taxpayer_id),
            account.phone,
            counted_for=self._sms.whom(account.phone),
            language=sms_language(account.id_type),
        )
        self._audit_log.record(
            f"{purpose}.sms", "ok", address, account_id=session.account_id, taxpayer_id=unit.taxpayer_id
        )
        return seconds, masked_phone(account.phone)

    def take(self, session: Session, taxpayer_id: str, purpose: Purpose, code: str | None) -> None:
        """Use a code up; nothing is needed on a phone, nor where the setting ``web_sms_codes`` is off.

        Raises ``invalid_request`` without a code, ``sms_code_invalid``, ``sms_code_expired``.
        """
        if session.kind is not SessionKind.WEB or not self._settings.web_sms_codes:
            return
        if code is None:
            raise refused_field("sms_code", FieldRule.SMS_CODE_NEEDED)
        account = self._accounts.get(session.account_id)
        self._sms.take(purpose, _transaction(session, taxpayer_id), account.phone if account else None, code)


def _transaction(session: Session, taxpayer_id: str) -> str:
    return f"{session.session_id}:{taxpayer_id}"
