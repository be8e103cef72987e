"""What the app does for units: authorizations, a new declaration password; and its messages."""

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

# Less than the time after which the connection gives an answer up.
LONGEST_WAIT: Final = 25.0
UNCHANGED: Final = "unchanged"


class UnitCalls(ABC):
    """The units' half of a phone. Every method raises PhoneError.

    ``unit`` is a taxpayer number, the name of one of this account's units, or an alias of the gateway's seed.
    """

    _http: HttpClient
    _clock: GatewayClock
    _codes: OtpAllocator

    @abstractmethod
    def call(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, repeat: bool = False
    ) -> dict[str, Any]:
        """A call with this phone's session."""

    @abstractmethod
    def whoami(self) -> PhoneSession:
        """The session as the gateway knows it."""

    @abstractmethod
    def read(self, source: Source) -> Qr:
        """What a QR code says."""

    @abstractmethod
    def _enrolled(self) -> Enrolment: ...

    def units(self) -> list[Unit]:
        """The units at which this account has a role, to which it is bound, or for which it is authorized."""
        found = take(self.call("GET", "/account/units", repeat=True), "units", list)
        return [Unit.of(entry) for entry in found if isinstance(entry, dict)]

    def authorizations(self, unit: str | None = None) -> list[Authorization]:
        """What this account is authorized for; or, for a ``unit`` of its own, who is authorized there."""
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
        valid_until: str | None = None,
    ) -> Authorization:
        """Authorize a registered person, named by full name and phone, or by full name and document.

        ``valid_until`` is the last day in force, YYYY-MM-DD; None is for ever. Raises PhoneError, among them
        ``person_not_found``, ``authorization_exists``, ``authorization_limit``, ``forbidden``.
        """
        given = {
            "name": name,
            "phone": phone,
            "id_number": id_number,
            "id_type": id_type,
            "permission": str(permission),
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
        valid_until: str | None = UNCHANGED,
    ) -> Authorization:
        """Change what a person may do, or until when (None: for ever), or both."""
        body: dict[str, str | None] = {} if permission is None else {"permission": str(permission)}
        if valid_until != UNCHANGED:
            body["valid_until"] = valid_until
        return Authorization.of(self.call("PATCH", self._one(unit, authorization_id), body=body, repeat=True))

    def revoke_authorization(self, unit: str, authorization_id: str) -> None:
        """Take an authorization back as the unit; over at once."""
        self.call("DELETE", self._one(unit, authorization_id))

    def give_up_authorization(self, authorization_id: str) -> None:
        """Give an authorization up that this account has; over at once."""
        self.call("DELETE", f"/authorizations/{quote(authorization_id, safe='')}")

    def reset_declaration_password(
        self, unit: str, new_password: str, *, on_wait: Callable[[float], None] | None = None
    ) -> None:
        """Set a unit's declaration password as its legal representative or finance manager, with a one-time code.

        Unlocks the unit and ends its sessions. Where both codes of the moment are used, ``on_wait`` is told the
        seconds to the next one first. Raises PhoneError, among them ``forbidden``, ``unit_not_found``,
        ``invalid_request``.
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
                # The refusal has told the gateway's present time: if its clock was moved, another code fits now.
                self._codes.give_back(enrolment, step)
                step = self._codes.take(enrolment, wait=True, on_wait=on_wait)
            else:
                return

    def unit_of_reset(self, source: Source) -> str:
        """The taxpayer number in a QR code for a new declaration password, the third kind.

        Raises PhoneError: those of ``read``, and ``qr_not_a_reset`` for the other two kinds.
        """
        qr = self.read(source)
        if qr.kind is not QrKind.DECLARATION_PASSWORD_RESET:
            raise PhoneError.own(PhoneCode.QR_NOT_A_RESET)
        return qr.argument

    def messages(self, *, since: str = "", wait: float = 0.0) -> list[Message]:
        """The messages after the one named ``since`` (the newest 50 without it), oldest first.

        Where there is none, waits for one, up to ``wait`` seconds (25 at the most).
        """
        query = {"wait": f"{min(wait, LONGEST_WAIT):g}", **({"since": since} if since else {})}
        found = take(self.call("GET", f"/app/messages?{urlencode(query)}", repeat=True), "messages", list)
        return [Message.of(entry) for entry in found if isinstance(entry, dict)]

    def taxpayer_id(self, unit: str) -> str:
        """The taxpayer number of a unit. Raises PhoneError ``unit_unknown`` for what is neither of the three."""
        if is_taxpayer_id(unit):
            return unit
        for known in self.units():
            if known.name == unit:
                return known.taxpayer_id
        try:
            seed = self._http.call(
                "GET",
                "/seed",
                authorization=sim_authorization(os.environ),
                prefix=SIM_PREFIX,
                repeat_for=repeat_seconds(True),
            )
        except PhoneError as error:
            if error.status is None:
                raise
            seed = {"units": []}
        for entry in take(seed, "units", list):
            if isinstance(entry, dict) and entry.get("alias") == unit:
                return take(entry, "taxpayer_id", str)
        raise PhoneError.own(PhoneCode.UNIT_UNKNOWN, unit=unit)

    def _path(self, unit: str) -> str:
        return f"/units/{quote(self.taxpayer_id(unit), safe='')}"

    def _one(self, unit: str, authorization_id: str) -> str:
        return f"{self._path(unit)}/authorizations/{quote(authorization_id, safe='')}"
