"""Real-name registration in three steps: registration code, phone, account."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, replace
from typing import Any

import redis

from gateway.accounts.passwords import Passwords
from gateway.accounts.tables import Account
from gateway.audit.audit_log import AuditLog
from gateway.config import Settings
from gateway.foundation.addresses import network_of
from gateway.foundation.clock import Clock
from gateway.foundation.codes.short_codes import new_registration_code, read_registration_code
from gateway.foundation.errors import Refusal, refused_field
from gateway.foundation.keys import Keys
from gateway.foundation.redis.scripts import redis_faults_as_503
from gateway.foundation.secrets import ServerKey, random_id
from gateway.registration.faces import FaceRecognition
from gateway.registration.field_errors import FieldErrors, checked_holder
from gateway.registration.sms import Purpose, SmsCodes, sms_language
from gateway.registration.store import Holder, IntegrityError, Redeemed, RegistrationStore, Taken
from gateway.throttling.captchas import SLACK_MS
from gateway.throttling.even_time import even_time
from gateway.throttling.rate_limits import Bucket, Limits
from scan_to_login.field_rules import FieldRule
from scan_to_login.messages import Language
from scan_to_login.protocol import Code, IdType
from scan_to_login.rules.credentials import checked_login_name, checked_password
from scan_to_login.rules.divisions import checked_division
from scan_to_login.rules.people import checked_phone, masked_phone

_TAKEN = {
    Taken.LOGIN_NAME: Code.LOGIN_NAME_TAKEN,
    Taken.PHONE: Code.PHONE_TAKEN,
    Taken.DOCUMENT: Code.DOCUMENT_TAKEN,
}
_REDEEMED = {
    Redeemed.WRONG: Code.REGISTRATION_CODE_INVALID,
    Redeemed.EXPIRED: Code.REGISTRATION_CODE_EXPIRED,
    Redeemed.SPENT: Code.REGISTRATION_CODE_SPENT,
}


@dataclass(frozen=True, slots=True)
class Registration:
    """An unfinished registration; ``phone`` is masked, and empty before the first SMS code."""

    registration_id: str
    code_id: str  # of the hall's code; empty after face recognition
    phone: str
    expires_at: int
    language: Language  # of its messages
    holder: Holder | None = None  # the person, after face recognition

    @property
    def step(self) -> str:
        """The next step: ``phone`` (an SMS code) or ``completion``."""
        return "completion" if self.phone else "phone"


class RegistrationService:
    """Registers natural persons after the hall has checked their document, or a camera their face."""

    def __init__(
        self,
        settings: Settings,
        client: redis.Redis,
        keys: Keys,
        clock: Clock,
        server_key: ServerKey,
        registry: RegistrationStore,
        sms: SmsCodes,
        passwords: Passwords,
        faces: FaceRecognition,
        limits: Limits,
        audit_log: AuditLog,
    ) -> None:
        self._settings = settings
        self._redis = client
        self._keys = keys
        self._clock = clock
        self._server_key = server_key
        self._registry = registry
        self._sms = sms
        self._passwords = passwords
        self._faces = faces
        self._limits = limits
        self._audit_log = audit_log

    def issue_code(self, name: str, id_type: str, id_number: str) -> tuple[str, int]:
        """At the hall's counter: a new code for a person, and its expiry (ms). Voids the person's previous code.

        Raises ``invalid_request``, ``document_taken``.
        """
        holder = checked_holder(name, id_type, id_number, self._clock.today())
        if self._registry.taken(holder=holder):
            raise Refusal(Code.DOCUMENT_TAKEN)
        code = new_registration_code()
        expires_at = self._registry.issue(
            random_id(),
            _hash(self._server_key, code, holder),
            holder,
            self._clock.now_ms(),
            self._settings.registration_code_seconds * 1000,
        )
        self._audit_log.record("registration.code", "ok", "hall")
        return code, expires_at

    @even_time()
    def begin(self, consent: bool, code: str, name: str, id_type: str, id_number: str, address: str) -> Registration:
        """Step one: consent and registration code.

        Raises ``consent_required``, ``invalid_request``, ``registration_code_invalid`` (the same for a wrong code,
        another person's code and an unknown code), ``registration_code_expired``, ``registration_code_spent``,
        ``document_taken``, ``rate_limited``.
        """
        if not consent:
            raise Refusal(Code.CONSENT_REQUIRED)
        holder = checked_holder(name, id_type, id_number, self._clock.today())
        bucket = Bucket("registration", network_of(address), self._settings.registrations_per_address)
        self._limits.take(bucket)
        given = read_registration_code(code) or ""
        hashes = [_hash(key, given, holder) for key in self._server_key.in_force]
        redeemed, code_id = self._registry.redeem(hashes, holder, self._clock.now_ms())
        if redeemed is not Redeemed.OK:
            self._audit_log.record("registration.begin", redeemed.value, address)
            raise Refusal(_REDEEMED[redeemed])
        if self._registry.taken(holder=holder):
            self._audit_log.record("registration.begin", "document_taken", address)
            raise Refusal(Code.DOCUMENT_TAKEN)
        self._limits.give_back(bucket)
        return self._begun(code_id, holder, address)

    @even_time()
    def begin_by_face(self, consent: bool, name: str, id_type: str, id_number: str, address: str) -> Registration:
        """Step one without the hall: consent and face recognition, for holders of a resident ID card.

        Raises ``consent_required``, ``invalid_request``, ``face_not_recognized``, ``document_taken``, ``rate_limited``,
        ``unavailable``. As the app of today has it, other documents need the hall's code.
        """
        if not consent:
            raise Refusal(Code.CONSENT_REQUIRED)
        if id_type != IdType.RESIDENT_ID:
            raise refused_field("id_type", FieldRule.FACE_NEEDS_RESIDENT_ID)
        holder = checked_holder(name, id_type, id_number, self._clock.today())
        bucket = Bucket("registration", network_of(address), self._settings.registrations_per_address)
        self._limits.take(bucket)
        if not self._faces.recognizes(holder):
            self._audit_log.record("registration.face", "face_not_recognized", address)
            raise Refusal(Code.FACE_NOT_RECOGNIZED)
        if self._registry.taken(holder=holder):
            self._audit_log.record("registration.face", "document_taken", address)
            raise Refusal(Code.DOCUMENT_TAKEN)
        self._limits.give_back(bucket)
        return self._begun("", holder, address)

    def _begun(self, code_id: str, holder: Holder, address: str) -> Registration:
        expires_at = self._clock.now_ms() + self._settings.registration_seconds * 1000
        registration = Registration(random_id(), code_id, "", expires_at, sms_language(holder.id_type), holder)
        self._save(registration)
        self._audit_log.record("registration.begin", "ok", address)
        return registration

    def resume(self, registration_id: str) -> Registration:
        """An unfinished registration. Raises ``registration_not_found``, ``registration_expired``."""
        with redis_faults_as_503():
            kept: dict[Any, Any] = self._redis.hgetall(self._keys.registration(registration_id))
        if not kept:
            raise Refusal(Code.REGISTRATION_NOT_FOUND)
        if int(kept["expires_at"]) <= self._clock.now_ms():
            raise Refusal(Code.REGISTRATION_EXPIRED)
        language: Language = "en" if kept.get("language") == "en" else "zh"
        holder = None if kept["code_id"] else Holder(*json.loads(kept["holder"]))
        return Registration(registration_id, kept["code_id"], kept["phone"], int(kept["expires_at"]), language, holder)

    @even_time()
    def send_code(self, registration_id: str, phone: str, address: str) -> tuple[int, int]:
        """Step two: send an SMS code to the phone. No answer shows yet whether an account has the phone.

        Returns the seconds until the code expires and the seconds until the next may be requested. Raises like
        ``resume``, and ``invalid_request``, ``rate_limited``.
        """
        registration = self.resume(registration_id)
        field_errors = FieldErrors()
        phone = field_errors.run(checked_phone, phone)
        field_errors.done()
        self._limits.take(Bucket("sms-address", network_of(address), self._settings.sms_per_address, 3600))
        whom, language = self._sms.whom(phone), registration.language
        seconds = self._sms.send(Purpose.REGISTRATION, registration_id, phone, counted_for=whom, language=language)
        self._save(replace(registration, phone=masked_phone(phone)))
        self._audit_log.record("registration.sms", "ok", address)
        return seconds

    def complete(
        self,
        registration_id: str,
        login_name: str,
        password: str,
        phone: str,
        sms_code: str,
        household_division: str,
        address: str,
    ) -> Account:
        """Step three: create the account, once for a registration code, without a login.

        Raises like ``resume``, and ``invalid_request`` with the broken rules, ``sms_code_invalid``,
        ``sms_code_expired``, ``login_name_taken``, ``phone_taken``, ``document_taken``, ``registration_code_spent``.
        """
        registration = self.resume(registration_id)
        field_errors = FieldErrors()
        login_name = field_errors.run(checked_login_name, login_name)
        field_errors.run(checked_password, password)
        phone = field_errors.run(checked_phone, phone)
        household_division = field_errors.run(checked_division, household_division)
        field_errors.done()
        self._sms.look(Purpose.REGISTRATION, registration_id, phone, sms_code)
        holder = registration.holder or self._registry.holder(registration.code_id)
        if holder is None:
            raise Refusal(Code.REGISTRATION_CODE_SPENT)
        if taken := self._registry.taken(login_name=login_name, phone=phone, holder=holder):
            raise Refusal(_TAKEN[taken])
        account = Account(
            account_id=random_id(),
            login_name=login_name,
            phone=phone,
            name=holder.name,
            id_type=holder.id_type,
            id_number=holder.id_number,
            password_hash=self._passwords.hash(password),
            household_division=household_division,
            disabled=False,
            created_at=self._clock.now_ms(),
        )
        self._sms.take(Purpose.REGISTRATION, registration_id, phone, sms_code)
        try:
            made = self._registry.add_account(registration.code_id, account, self._clock.now_ms())
        except IntegrityError:
            again = self._registry.taken(login_name=login_name, phone=phone, holder=holder)
            raise Refusal(_TAKEN[again or Taken.DOCUMENT]) from None
        if not made:
            raise Refusal(Code.REGISTRATION_CODE_SPENT)
        with redis_faults_as_503():
            self._redis.delete(self._keys.registration(registration_id))
        self._audit_log.record("registration.complete", "ok", address, account_id=account.account_id)
        return account

    def _save(self, registration: Registration) -> None:
        key = self._keys.registration(registration.registration_id)
        with redis_faults_as_503():
            mapping: dict[Any, Any] = {
                "code_id": registration.code_id,
                "phone": registration.phone,
                "expires_at": registration.expires_at,
                "language": registration.language,
            }
            if not registration.code_id and registration.holder:  # the code's row in the database has the person
                mapping["holder"] = json.dumps(astuple(registration.holder))
            self._redis.hset(key, mapping=mapping)
            self._redis.pexpire(key, self._settings.registration_seconds * 1000 + SLACK_MS)


def _hash(key: ServerKey, code: str, holder: Holder) -> str:
    """A keyed hash: an attacker could try all 29 bits against a plain hash in a second."""
    return key.derive("registration-code", holder.id_type, holder.id_number, code).hex()
