"""The WEB platform as this program uses it: registration and forgotten passwords, which need no login."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

from app_simulator.calls.connection import REPEAT_SECONDS, connect
from app_simulator.calls.models import Account, Answer, take, take_or_none
from app_simulator.errors import PhoneError
from app_simulator.one_time_code import GatewayClock
from scan_to_login.protocol import SIM_PREFIX, Code, RegistrationWay, sim_authorization

INBOX_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Person:
    """A person by name and document; ``id_type`` is one of ``ID_TYPES``."""

    name: str
    id_type: str
    id_number: str

    def as_body(self) -> dict[str, str]:
        """The fields of a request."""
        return {"name": self.name, "id_type": self.id_type, "id_number": self.id_number}


ID_TYPES = ("resident_id", "passport", "hk_macau_permit", "taiwan_permit", "foreign_permanent_resident")


@dataclass(frozen=True, slots=True)
class Registration(Answer):
    """A registration under way: ``step`` is ``phone`` or ``completion``, ``expires_in`` in seconds."""

    registration_id: str
    step: str
    phone: str | None
    expires_in: int

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read an answer about a registration."""
        return cls(
            take(answer, "registration_id", str),
            take(answer, "step", str),
            take_or_none(answer, "phone", str),
            take(answer, "expires_in", int),
        )


@dataclass(frozen=True, slots=True)
class SmsSent(Answer):
    """A sent SMS code: seconds of its validity, and seconds until the next may be requested."""

    expires_in: int
    resend_in: int

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read the answer to ``…/sms-codes``."""
        return cls(take(answer, "expires_in", int), take(answer, "resend_in", int))


@dataclass(frozen=True, slots=True)
class RareCharacter(Answer):
    """A rare character, with its strokes beside the radical and in total."""

    character: str
    codepoint: str
    strokes: int
    total_strokes: int


@dataclass(frozen=True, slots=True)
class Division(Answer):
    """A household division."""

    code: str
    name: str
    has_children: bool
    full_name: str
    former_names: tuple[str, ...]


class PortalClient:
    """Registers people and gives them new passwords. Every failure is a PhoneError with a ``code``."""

    def __init__(
        self,
        gateway_url: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        verify: bool | str = True,
    ) -> None:
        """``verify`` is as in requests. Raises PhoneError ``bad_gateway_url``."""
        self._http = connect(gateway_url, GatewayClock(monotonic), verify=verify)
        self._seen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._http.close()

    @property
    def gateway_url(self) -> str:
        """The gateway."""
        return self._http.gateway_url

    def begin_registration(self, person: Person, registration_code: str, *, consent: bool) -> Registration:
        """Step one. Raises ``consent_required``, ``registration_code_…``, ``document_taken``, ``invalid_request``."""
        body = {"consent": consent, "registration_code": registration_code, **person.as_body()}
        return Registration.of(self._http.call("POST", "/registrations", body=body))

    def begin_registration_by_face(self, person: Person, *, consent: bool) -> Registration:
        """Step one by face recognition. Raises ``consent_required``, ``face_not_recognized``, ``document_taken``, …"""
        body = {"consent": consent, "way": RegistrationWay.FACE.value, **person.as_body()}
        return Registration.of(self._http.call("POST", "/registrations", body=body))

    def registration(self, registration_id: str) -> Registration:
        """The state of a registration. Raises ``registration_not_found``, ``registration_expired``."""
        path = f"/registrations/{quote(registration_id, safe='')}"
        return Registration.of(self._http.call("GET", path, repeat_for=REPEAT_SECONDS))

    def send_registration_code(self, registration_id: str, phone: str) -> SmsSent:
        """Step two: an SMS code to ``phone``. Raises ``rate_limited``, ``invalid_request``."""
        path = f"/registrations/{quote(registration_id, safe='')}/sms-codes"
        return SmsSent.of(self._http.call("POST", path, body={"phone": phone}))

    def complete_registration(self, registration_id: str, fields: Mapping[str, str]) -> Account:
        """Step three, with login_name, password, phone, sms_code and household_division.

        Raises ``invalid_request`` (``errors`` name the rules broken), ``sms_code_…``, ``…_taken``.
        """
        path = f"/registrations/{quote(registration_id, safe='')}/completion"
        return Account.of(take(self._http.call("POST", path, body=dict(fields)), "account", dict))

    def begin_reset(self, person: Person) -> str:
        """Begin with a forgotten password; return the reset's id, also for an unknown identity."""
        return take(self._http.call("POST", "/password-resets", body=person.as_body()), "reset_id", str)

    def send_reset_code(self, reset_id: str) -> SmsSent:
        """An SMS code to the phone on file. Raises ``rate_limited``, ``reset_…``."""
        return SmsSent.of(self._http.call("POST", f"/password-resets/{quote(reset_id, safe='')}/sms-codes", body={}))

    def complete_reset(self, reset_id: str, sms_code: str, new_password: str) -> None:
        """Set the new password. Raises ``invalid_request``, ``sms_code_…``, ``reset_…``."""
        path = f"/password-resets/{quote(reset_id, safe='')}/completion"
        self._http.call("POST", path, body={"sms_code": sms_code, "new_password": new_password})

    def characters(self, radical: str, strokes: int | None) -> list[RareCharacter]:
        """Characters of a radical (its number or a form of it), by the strokes beside it."""
        query = {"radical": radical, "limit": "500", **({} if strokes is None else {"strokes": str(strokes)})}
        answer = self._http.call("GET", f"/characters?{urlencode(query)}", repeat_for=REPEAT_SECONDS)
        return [
            RareCharacter(
                take(entry, "character", str),
                take(entry, "codepoint", str),
                take(entry, "strokes", int),
                take(entry, "total_strokes", int),
            )
            for entry in take(answer, "characters", list)
        ]

    def divisions(self, parent: str = "") -> tuple[list[Division], str]:
        """The divisions right below one, without one the provinces; and the data's day. Raises ``invalid_request``."""
        return self._divisions(parent=parent)

    def find_divisions(self, name: str) -> list[Division]:
        """The divisions with this in their present, former or full name."""
        return self._divisions(name=name)[0]

    def _divisions(self, **query: str) -> tuple[list[Division], str]:
        answer = self._http.call("GET", f"/divisions?{urlencode(query)}", repeat_for=REPEAT_SECONDS)
        found = [
            Division(
                take(entry, "code", str),
                take(entry, "name", str),
                take(entry, "has_children", bool),
                take(entry, "full_name", str),
                tuple(map(str, take(entry, "former_names", list))),
            )
            for entry in take(answer, "divisions", list)
        ]
        return found, take(answer, "as_of", str)

    def look_at_inbox(self, phone: str) -> None:
        """Remember the messages that a simulated phone has, before a new one is sent."""
        messages = self._messages(phone, wait=0)
        self._seen = str(messages[-1]["message_id"]) if messages else ""

    def read_inbox(self, phone: str) -> str:
        """The code in the next message to a simulated phone. Raises ``not_found`` without a simulation."""
        messages = self._messages(phone, wait=INBOX_SECONDS)
        if not messages:
            raise PhoneError(Code.NOT_FOUND, "No message came to this phone.")
        return str(messages[-1]["code"])

    def _messages(self, phone: str, *, wait: int) -> list[dict[str, Any]]:
        query = {"phone": phone, "since": self._seen, "wait": str(wait)}
        try:
            answer = self._http.call(
                "GET",
                "/outbox/sms",
                prefix=SIM_PREFIX,
                params=query,
                authorization=sim_authorization(os.environ),
                read_timeout=wait + INBOX_SECONDS,
            )
            return list(take(answer, "messages", list))
        except PhoneError:
            raise PhoneError(Code.NOT_FOUND, "This gateway simulates no phones: type the code in.") from None
