"""The calls about units: authorizations and declaration passwords; and the phone's messages."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from app_simulator.calls.connection import repeat_seconds
from app_simulator.calls.models import PhoneSession, take
from app_simulator.calls.unit_models import Authorization, Message, Unit
from app_simulator.enrolment import Enrolment
from app_simulator.errors import PhoneCode, PhoneError
from app_simulator.one_time_code import GatewayClock, code_of
from app_simulator.otp_allocator import OtpAllocator
from app_simulator.qr_reader import Qr, Source
from scan_to_login.http_client import HttpClient
from scan_to_login.protocol import SIM_PREFIX, Code, Permission, sim_authorization
from scan_to_login.qr_payload import QrKind
from scan_to_login.rules.identifiers import is_taxpayer_id

# Less than the read timeout of the connection.
LONGEST_WAIT: Final = 25.0
UNCHANGED: Final = "unchanged"


class UnitCalls(ABC):
    """The calls of a phone about units. Every method raises PhoneError.

    ``unit`` is a taxpayer number, the name of one of this account's units, or an alias of the gateway's seed;
    ``authorization_id`` is that of an Authorization. Dates are days, YYYY-MM-DD.
    """

    _http: HttpClient
    _clock: GatewayClock
    _codes: OtpAllocator
    _sim_token: str

    @abstractmethod
    def call(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, repeat: bool = False
    ) -> dict[str, Any]:
        """Any call with this phone's session; see ``Phone.call``."""

    @abstractmethod
    def whoami(self) -> PhoneSession:
        """The session as the gateway knows it."""

    @abstractmethod
    def read(self, source: Source) -> Qr:
        """What a QR code says."""

    @abstractmethod
    def _enrolled(self) -> Enrolment: ...

    def units(self) -> list[Unit]:
        """The account's units: by a role, a binding or an authorization."""
        found = take(self.call("GET", "/account/units", repeat=True), "units", list)
        return [Unit.of(entry) for entry in found if isinstance(entry, dict)]

    def authorizations(self, unit: str | None = None) -> list[Authorization]:
        """The authorizations of this account; or, for a ``unit`` that it heads, those that the unit has given."""
        path = "/authorizations" if unit is None else f"{self._path(unit)}/authorizations"
        found = take(self.call("GET", path, repeat=True), "authorizations", list)
        return [Authorization.of(entry) for entry in found if isinstance(entry, dict)]

    def grant(
        self,
        unit: str,
        name: str,
        *,
        phone: str | None = None,
        id_number: str | None = None,
        id_type: str | None = None,
        permission: Permission | str = Permission.HANDLE,
        valid_from: str | None = None,
        valid_until: str | None = None,
    ) -> Authorization:
        """Authorize a registered person at ``unit``: the full ``name``, and either ``phone`` or document.

        The document is ``id_type`` (see IdType) with ``id_number``. ``permission`` is ``handle`` or ``manage``.
        ``valid_from`` and ``valid_until`` are the first and the last day in force, YYYY-MM-DD, in China; None is today
        and for ever. Raises PhoneError, among them ``person_not_found``, ``authorization_exists``,
        ``authorization_limit``, ``forbidden``.
        """
        given = {
            "name": name,
            "phone": phone,
            "id_number": id_number,
            "id_type": id_type,
            "permission": str(permission),
            "valid_from": valid_from,
            "valid_until": valid_until,
        }
        body = {field: value for field, value in given.items() if value is not None}
        return Authorization.of(self.call("POST", f"{self._path(unit)}/authorizations", body=body))

    def change_authorization(
        self,
        unit: str,
        authorization_id: str,
        *,
        permission: Permission | str | None = None,
        valid_from: str | None = UNCHANGED,
        valid_until: str | None = UNCHANGED,
    ) -> Authorization:
        """Change an authorization's ``permission``, its first day ``valid_from``, its last ``valid_until``.

        None is today for the first day, and for ever for the last. Raises PhoneError, among them
        ``authorization_not_found``, ``forbidden``.
        """
        body: dict[str, str | None] = {} if permission is None else {"permission": str(permission)}
        if valid_from != UNCHANGED:
            body["valid_from"] = valid_from
        if valid_until != UNCHANGED:
            body["valid_until"] = valid_until
        return Authorization.of(self.call("PATCH", self._one(unit, authorization_id), body=body, repeat=True))

    def revoke_authorization(self, unit: str, authorization_id: str) -> None:
        """Revoke an authorization, as the unit; it ends at once. Raises PhoneError ``authorization_not_found``."""
        self.call("DELETE", self._one(unit, authorization_id))

    def give_up_authorization(self, authorization_id: str) -> None:
        """Give up an authorization that this account has; it ends at once. Raises PhoneError."""
        self.call("DELETE", f"/authorizations/{quote(authorization_id, safe='')}")

    def reset_declaration_password(
        self, unit: str, new_password: str, *, on_wait: Callable[[float], None] | None = None
    ) -> None:
        """Set a unit's declaration password as its legal representative or finance manager, with a one-time code.

        ``new_password`` is 8 to 15 characters of three classes. Unlocks the unit and ends its sessions. If both codes
        of the moment are used, this calls ``on_wait`` with the seconds to the next one, and waits for it.
        Raises PhoneError, among them ``forbidden``, ``unit_not_found``, ``invalid_request``.
        """
        path = f"{self._path(unit)}/declaration-password"
        enrolment = self._enrolled()
        if not self._clock.known:
            self.whoami()
        step = self._codes.take(enrolment, wait=True, on_wait=on_wait)
        for last in (False, True):
            body = {"new_password": new_password, "otp": code_of(enrolment.otp_secret, step)}
            try:
                self.call("POST", path, body=body)
            except PhoneError as error:
                if last or error.code != Code.OTP_INVALID:
                    raise
                # The refusal carried the gateway's time: after a move of its clock another code is valid.
                self._codes.give_back(enrolment, step)
                step = self._codes.take(enrolment, wait=True, on_wait=on_wait)
            else:
                return

    def unit_of_reset(self, source: Source) -> str:
        """The taxpayer number in a QR code for a new declaration password; ``source`` is that of ``read``.

        Raises PhoneError: those of ``read``, and ``qr_not_a_reset`` for the other two kinds.
        """
        qr = self.read(source)
        if qr.kind is not QrKind.DECLARATION_PASSWORD_RESET:
            raise PhoneError.own(PhoneCode.QR_NOT_A_RESET)
        return qr.argument

    def messages(self, *, since: str = "", wait: float = 0.0) -> list[Message]:
        """The messages to this phone after the ``message_id`` ``since`` (without it the newest 50), oldest first.

        If there is none, waits for one, up to ``wait`` seconds (25 at the most).
        """
        query = {"wait": f"{min(wait, LONGEST_WAIT):g}", **({"since": since} if since else {})}
        found = take(self.call("GET", f"/app/messages?{urlencode(query)}", repeat=True), "messages", list)
        return [Message.of(entry) for entry in found if isinstance(entry, dict)]

    def disown_login(self, message_id: str) -> bool:
        """*This wasn't me*: end the session of the login that the message ``message_id`` tells of.

        Returns whether the session was in force. Raises PhoneError ``not_found`` for another message, ``forbidden``
        for this phone's own login.
        """
        path = f"/app/messages/{quote(message_id, safe='')}/disown"
        return take(self.call("POST", path, repeat=True), "ended", bool)

    def taxpayer_id(self, unit: str) -> str:
        """The taxpayer number of ``unit``. Raises PhoneError ``unit_unknown`` if it is none of the three."""
        if is_taxpayer_id(unit):
            return unit
        for known in self.units():
            if known.name == unit:
                return known.taxpayer_id
        try:
            found = self._http.call(
                "GET",
                f"/seed/units/{quote(unit, safe='')}",
                authorization=sim_authorization(os.environ, self._sim_token),
                prefix=SIM_PREFIX,
                repeat_for=repeat_seconds(True),
            )
        except PhoneError as error:
            if error.status is None:
                raise
            extra = error.extra if error.code == Code.NOT_IN_SEED else None
            raise PhoneError(PhoneCode.UNIT_UNKNOWN, extra=extra, values={"unit": unit}) from None
        return take(found, "taxpayer_id", str)

    def _path(self, unit: str) -> str:
        return f"/units/{quote(self.taxpayer_id(unit), safe='')}"

    def _one(self, unit: str, authorization_id: str) -> str:
        return f"{self._path(unit)}/authorizations/{quote(authorization_id, safe='')}"
