"""Authorizations (办税授权): grant, change, revoke, give up. Each takes effect at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from gateway.accounts.model import Session
from gateway.accounts.store import AccountStore
from gateway.accounts.tables import Account
from gateway.audit.audit_log import AuditLog
from gateway.audit.inbox import Inbox
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal, refused_field
from gateway.foundation.secrets import random_id
from gateway.registration.field_errors import checked_holder
from gateway.registration.sms import Purpose
from gateway.throttling.rate_limits import Bucket, Limits
from gateway.units.authorizations.days import Days
from gateway.units.authorizations.store import AuthorizationStore, Grant, Granted
from gateway.units.cut_over import CutOver
from gateway.units.model import STATUS_CODES, UnitAccess, first_day, last_day
from gateway.units.service import UnitService
from gateway.units.tables import Authorization
from gateway.units.web_codes import WebCodes
from scan_to_login.field_rules import FieldRule, RuleBroken
from scan_to_login.protocol import Code, Notice, Permission, UnitStatus
from scan_to_login.rules.han import pinyin_order
from scan_to_login.rules.people import checked_name, checked_phone
from scan_to_login.rules.typed import folded_name

_REFUSED = {Granted.EXISTS: Code.AUTHORIZATION_EXISTS, Granted.TOO_MANY: Code.AUTHORIZATION_LIMIT}


class Authorizations:
    """The actions of both sides of an authorization; each call gets the acting session."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        cut_over: CutOver,
        units: UnitService,
        grants: AuthorizationStore,
        accounts: AccountStore,
        limits: Limits,
        web_codes: WebCodes,
        inbox: Inbox,
        audit_log: AuditLog,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._cut_over = cut_over
        self._units = units
        self._grants = grants
        self._accounts = accounts
        self._limits = limits
        self._web_codes = web_codes
        self._inbox = inbox
        self._audit_log = audit_log

    def of_unit(self, session: Session, taxpayer_id: str) -> list[Grant]:
        """A unit's authorizations that have not ended, by name. Raises ``unit_not_found``, ``forbidden``."""
        self._granter(session, taxpayer_id)
        if not self._cut_over.authorizations:
            return []
        return sorted(
            self._grants.of_unit(taxpayer_id, self._clock.now_ms()), key=lambda grant: pinyin_order(grant.name)
        )

    def mine(self, session: Session) -> list[Grant]:
        """The account's authorizations that have not ended, by the units' names."""
        if not self._cut_over.authorizations:
            return []
        found = self._grants.of_account(session.account_id, self._clock.now_ms())
        return sorted(found, key=lambda grant: pinyin_order(grant.unit_name))

    def my(self, session: Session, authorization_id: str) -> Grant:
        """One authorization of the account. Raises ``authorization_not_found``."""
        found = self._grants.get(authorization_id, self._clock.now_ms())
        if found is None or found.account_id != session.account_id or not self._cut_over.authorizations:
            raise Refusal(Code.AUTHORIZATION_NOT_FOUND)
        return found

    @contextmanager
    def audited(self, action: str, session: Session, taxpayer_id: str, address: str) -> Iterator[None]:
        """A block that writes an audit event if it refuses. Successful actions write their own."""
        try:
            yield
        except Refusal as refusal:
            self._audit_log.record(
                f"authorization.{action}",
                refusal.code,
                address,
                account_id=session.account_id,
                device_id=session.device_id,
                taxpayer_id=taxpayer_id,
            )
            raise

    def find_by_phone(self, session: Session, name: str, phone: str) -> Account:
        """The account with this name and phone. Raises ``invalid_request``, ``person_not_found``, ``rate_limited``."""
        try:
            name, phone = checked_name(name), checked_phone(phone)
        except RuleBroken as broken:
            raise refused_field(broken.field, broken.rule, **broken.values) from None
        return self._found(session, name, self._accounts.find(phone))

    def find_by_document(self, session: Session, name: str, id_type: str, id_number: str) -> Account:
        """The account with this name and document. Raises like :meth:`find_by_phone`."""
        holder = checked_holder(name, id_type, id_number, self._clock.today())
        return self._found(session, holder.name, self._accounts.by_document(holder.id_type, holder.id_number))

    def may_grant(self, session: Session, taxpayer_id: str, permission: Permission) -> UnitAccess:
        """The unit, if this account may grant that permission there.

        Raises ``unit_not_found``, ``forbidden``, ``authorization_closed``, ``unit_abnormal``, ``unit_deregistered``.
        """
        unit = self._granter(session, taxpayer_id)
        if not self._cut_over.authorizations:
            raise Refusal(Code.AUTHORIZATION_CLOSED)
        if permission not in unit.may_grant:
            raise Refusal(Code.FORBIDDEN, f"This account may not grant, change or revoke `{permission}` at this unit.")
        if unit.status != UnitStatus.NORMAL:
            raise Refusal(STATUS_CODES[UnitStatus(unit.status)])
        return unit

    def grant(
        self,
        session: Session,
        unit: UnitAccess,
        person: Account,
        permission: Permission,
        days: Days,
        sms_code: str | None,
        address: str,
    ) -> Grant:
        """Authorize a person for some days, or for ever; ``unit`` comes from :meth:`may_grant`.

        On the WEB platform `manage` needs an SMS code. Raises ``authorization_exists``, ``authorization_limit``,
        ``invalid_request``, ``sms_code_invalid``, ``sms_code_expired``.
        """
        now = self._clock.now_ms()
        valid_from, valid_until = days.moments(self._clock.today())
        if person.account_id == session.account_id:
            raise refused_field("name", FieldRule.AUTHORIZE_ONESELF)
        self._prove(session, unit.taxpayer_id, permission, sms_code)
        authorization_id = random_id()
        outcome = self._grants.add(
            Authorization(
                authorization_id=authorization_id,
                taxpayer_id=unit.taxpayer_id,
                account_id=person.account_id,
                permission=permission.value,
                granted_by=session.account_id,
                granted_at=now,
                valid_from=valid_from,
                valid_until=valid_until,
            )
        )
        if outcome is not Granted.OK:
            raise Refusal(_REFUSED[outcome])
        granted = self._grants.get(authorization_id, now)
        if granted is None:
            raise Refusal(Code.AUTHORIZATION_NOT_FOUND)
        self._done("grant", session, granted, address, Notice.AUTHORIZATION_GRANTED)
        return granted

    def change(
        self,
        session: Session,
        taxpayer_id: str,
        authorization_id: str,
        permission: Permission | None,
        days: Days,
        sms_code: str | None,
        address: str,
        *,
        change: Collection[str],
    ) -> Grant:
        """Change the permission, and those of ``valid_from`` and ``valid_until`` that ``change`` names.

        Raises ``authorization_not_found`` and like :meth:`may_grant` and :meth:`grant`.
        """
        found = self._of_unit(session, taxpayer_id, authorization_id)
        self.may_grant(session, taxpayer_id, permission or Permission(found.permission))
        start, end = days.changed(found.valid_from, found.valid_until, change, self._clock.today())
        if permission and permission != found.permission:
            self._prove(session, taxpayer_id, permission, sms_code)
        if not self._grants.change(authorization_id, permission or found.permission, start, end):
            raise Refusal(Code.AUTHORIZATION_NOT_FOUND)
        changed = self._grants.get(authorization_id, self._clock.now_ms())
        if changed is None:
            raise Refusal(Code.AUTHORIZATION_NOT_FOUND)
        self._done("change", session, changed, address, Notice.AUTHORIZATION_CHANGED)
        return changed

    def revoke(self, session: Session, taxpayer_id: str, authorization_id: str, address: str) -> None:
        """End an authorization as the unit: the person's next call needs the declaration password again.

        Raises ``authorization_not_found``, ``unit_not_found``, ``forbidden``.
        """
        found = self._of_unit(session, taxpayer_id, authorization_id)
        if not self._grants.end(authorization_id, session.account_id, self._clock.now_ms()):
            raise Refusal(Code.AUTHORIZATION_NOT_FOUND)
        self._done("revoke", session, found, address, Notice.AUTHORIZATION_REVOKED)

    def give_up(self, session: Session, authorization_id: str, address: str) -> None:
        """End an authorization as the authorized person. Raises ``authorization_not_found``."""
        found = self.my(session, authorization_id)
        if not self._grants.end(authorization_id, session.account_id, self._clock.now_ms()):
            raise Refusal(Code.AUTHORIZATION_NOT_FOUND)
        self._record("give_up", session, found, address)
        self._inbox.send(
            found.granted_by,
            Notice.AUTHORIZATION_GIVEN_UP,
            taxpayer_id=found.taxpayer_id,
            unit=found.unit_name,
            by=session.display_name,
            permission=found.permission,
        )

    def _granter(self, session: Session, taxpayer_id: str) -> UnitAccess:
        unit = self._units.access(session.account_id, taxpayer_id)
        if unit is None:
            raise Refusal(Code.UNIT_NOT_FOUND)
        if not unit.may_grant:
            raise Refusal(
                Code.FORBIDDEN, "The unit's legal representative, finance manager, or who holds `manage`, may do this."
            )
        return unit

    def _of_unit(self, session: Session, taxpayer_id: str, authorization_id: str) -> Grant:
        unit = self._granter(session, taxpayer_id)
        found = self._grants.get(authorization_id, self._clock.now_ms())
        if found is None or found.taxpayer_id != taxpayer_id:
            raise Refusal(Code.AUTHORIZATION_NOT_FOUND)
        if found.permission not in unit.may_grant:
            raise Refusal(Code.FORBIDDEN, "Who holds `manage` may change and revoke `handle` only.")
        return found

    def _found(self, session: Session, name: str, account: Account | None) -> Account:
        # The same answer for an unknown number and for a number whose owner has another name.
        bucket = Bucket("grant", session.account_id, self._settings.grants_per_account, 3600)
        self._limits.take(bucket)
        if account is None or folded_name(account.name) != folded_name(name) or account.disabled:
            raise Refusal(Code.PERSON_NOT_FOUND)
        self._limits.give_back(bucket)
        return account

    def _prove(self, session: Session, taxpayer_id: str, permission: Permission, sms_code: str | None) -> None:
        if permission is Permission.MANAGE:
            self._web_codes.take(session, taxpayer_id, Purpose.AUTHORIZATION, sms_code)

    def _done(self, action: str, session: Session, grant: Grant, address: str, notice: Notice) -> None:
        self._record(action, session, grant, address)
        self._inbox.send(
            grant.account_id,
            notice,
            taxpayer_id=grant.taxpayer_id,
            unit=grant.unit_name,
            by=session.display_name,
            permission=grant.permission,
            valid_from=first_day(grant.valid_from) or "",
            valid_until=last_day(grant.valid_until) or "",
        )

    def _record(self, action: str, session: Session, grant: Grant, address: str) -> None:
        self._audit_log.record(
            f"authorization.{action}",
            "ok",
            address,
            account_id=session.account_id,
            device_id=session.device_id,
            taxpayer_id=grant.taxpayer_id,
            authorization_id=grant.authorization_id,
            permission=grant.permission,
        )
