"""The calls of phones and their shapes."""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from typing import Annotated, Any, Final, get_type_hints

from pydantic import AliasChoices, Field, SecretStr, create_model

from scan_to_login.actor_wire.calls import ActorCall, Credentials, Fields, Shown, ShownAccount, Since, Text, Wait
from scan_to_login.actor_wire.pages import ConfirmPageFields, LoginRequestFields, TicketFields
from scan_to_login.protocol import TicketState

MOST_BYTES: Final = 8 * 1024 * 1024  # a screenshot in base64
SLOW_SECONDS: Final = 5.0
QR_NAMES: Final = AliasChoices("payload", "qr")  # `qr` is what the client calls it
Payload = Annotated[str, Field(min_length=1, max_length=4096)]


class Persona(StrEnum):
    """The person who holds the phone."""

    APPROVES = "approves"
    REJECTS = "rejects"
    SCANS_AND_VANISHES = "scans_and_vanishes"
    SLOW = "slow"
    UNREGISTERED = "unregistered"
    LOCKED = "locked"
    WRONG_EMPLOYER = "wrong_employer"


class NewPhone(Fields):
    """A phone to make. With a persona, or with an identifier, it is logged in at once."""

    persona: Persona | None = None
    identifier: Text | None = None
    password: SecretStr | None = None
    gateway: Text | None = Field(None, description="Address of another gateway than this server's own.")
    delay: float = Field(SLOW_SECONDS, ge=0, le=3600, description="How slow `slow` is, in seconds.")


class Scan(Fields):
    """A QR: its text, or an image in base64."""

    payload: Payload | None = Field(None, validation_alias=QR_NAMES, description="The QR's text; `qr` is the same.")
    image: str | None = None

    def source(self) -> str | bytes:
        """What the phone is to scan. Raises ValueError with a sentence."""
        if (self.payload is None) == (self.image is None):
            raise ValueError("Give either payload, the QR's text, or image, a picture in base64.")
        if self.payload is not None:
            return self.payload
        try:
            return base64.b64decode(self.image or "", validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("image is not base64.") from None


class Confirm(Fields):
    """Which ticket (the one scanned last, without it), and the number on the client's screen."""

    ticket_id: Text | None = None
    number: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = None


class Open(Fields):
    """Which request to open; the newest, without it."""

    ticket_id: Text | None = None


class SinceRequest(Wait):
    """The request that the caller has seen, and how long it waits for another."""

    since: str = Field("", max_length=64, description="`ticket_id` of the newest request that the caller knows.")


class Reject(Fields):
    """Which ticket; the one scanned last, without it."""

    ticket_id: Text | None = None


class Watch(Fields):
    """What the persona is to act on by itself: a client of this server, a client at an address, or one QR's text."""

    client_id: Text | None = Field(None, description="A client of the same server.")
    client: Annotated[str, Field(pattern=r"^https?://", max_length=1024)] | None = Field(
        None, description="A client's address: `.../clients/{client_id}` of any server."
    )
    payload: Payload | None = Field(None, validation_alias=QR_NAMES, description="One QR's text; `qr` is the same.")


class ShownPhone(Shown):
    """A phone; `deeds` is the number of its persona's actions."""

    phone_id: str
    persona: Persona | None
    gateway: str
    account: ShownAccount | None
    deeds: int
    login_refused: str | None = Field(None, description="Code with which the persona's login was refused.")


class ShownPhones(Shown):
    """All phones, oldest first."""

    phones: list[ShownPhone]


class ShownPhoneSession(Shown):
    """The phone's session."""

    account: ShownAccount
    device_id: str
    device_name: str
    device_model: str
    created_at: int
    expires_at: int


def _shown(name: str, fields: type, description: str) -> type[Shown]:
    """A shape of the wire with the fields of a dataclass; of its states, those of this version."""
    hints = {**get_type_hints(fields), "state": TicketState}
    required: dict[str, Any] = {field: (hint, ...) for field, hint in hints.items()}
    return create_model(name, __base__=Shown, __doc__=description, **required)


ShownConfirmPage: Final = _shown(
    "ShownConfirmPage",
    ConfirmPageFields,
    "What the phone shows before a person decides. `client_*` is what the client says of itself, unverified.",
)
ShownTicket: Final = _shown("ShownTicket", TicketFields, "The ticket after a confirm or a reject.")


ShownLoginRequest: Final = _shown(
    "ShownLoginRequest",
    LoginRequestFields,
    "A client that asks this account's phones for a login. `client_*` is what the client says of itself, unverified.",
)


class ShownLoginRequests(Shown):
    """The requests that this phone may open, newest first."""

    requests: list[ShownLoginRequest]  # type: ignore[valid-type]  # made above


class ShownAction(Shown):
    """An action of the persona: `scanned`, `confirmed` (with the code for the client, if it shows one), `rejected`, or
    `failed` with a code."""

    did: str
    ticket_id: str | None = None
    code: str | None = None
    detail: str | None = None
    claim_code: str | None = None


class ShownActions(Shown):
    """Actions after the first `since`; `next` is the `since` of the next call."""

    deeds: list[ShownAction]
    next: int


_PHONE: Final = "/phones/<phone_id>"
PHONE_CALLS: Final = (
    ActorCall("make_phone", "POST", "/phones", "Make a phone.", ShownPhone, NewPhone, status=201),
    ActorCall("list_phones", "GET", "/phones", "All phones.", ShownPhones),
    ActorCall("remove_phones", "DELETE", "/phones", "Remove all phones.", status=204),
    ActorCall("show_phone", "GET", _PHONE, "A phone.", ShownPhone),
    ActorCall("remove_phone", "DELETE", _PHONE, "Remove a phone.", status=204),
    ActorCall("phone_login", "POST", f"{_PHONE}/login", "Log a person in on the phone.", ShownPhone, Credentials),
    ActorCall("phone_session", "GET", f"{_PHONE}/session", "The session.", ShownPhoneSession),
    ActorCall("end_phone_session", "DELETE", f"{_PHONE}/session", "Log out.", status=204),
    ActorCall("phone_logout", "POST", f"{_PHONE}/logout", "Log out, as `DELETE …/session` does.", status=204),
    ActorCall(
        "phone_scan",
        "POST",
        f"{_PHONE}/scan",
        "Scan a QR: its text, a picture in base64, or a picture as the body (`Content-Type: image/png`).",
        ShownConfirmPage,
        Scan,
        body_bytes=MOST_BYTES,
    ),
    ActorCall(
        "phone_requests",
        "GET",
        f"{_PHONE}/requests",
        "The clients that ask this phone for a login, without a QR; waits for one.",
        ShownLoginRequests,
        query=SinceRequest,
    ),
    ActorCall("phone_open", "POST", f"{_PHONE}/open", "Open such a request, as a scan does.", ShownConfirmPage, Open),
    ActorCall("phone_page", "GET", f"{_PHONE}/page", "The confirm page of the last scan.", ShownConfirmPage),
    ActorCall("phone_confirm", "POST", f"{_PHONE}/confirm", "Confirm the login.", ShownTicket, Confirm),
    ActorCall("phone_reject", "POST", f"{_PHONE}/reject", "Reject the login.", ShownTicket, Reject),
    ActorCall(
        "phone_watch",
        "POST",
        f"{_PHONE}/watch",
        "Have the persona act by itself on a client's QR, or on one QR.",
        ShownPhone,
        Watch,
        status=202,
    ),
    ActorCall(
        "phone_deeds", "GET", f"{_PHONE}/deeds", "The persona's actions; waits for one.", ShownActions, query=Since
    ),
)
