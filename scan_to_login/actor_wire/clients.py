"""The calls of desktop clients and their shapes."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, SecretStr

from scan_to_login.actor_wire.calls import (
    ActorCall,
    CaptchaFields,
    Credentials,
    Fields,
    Shown,
    ShownAccount,
    Since,
    Text,
    Wait,
)
from scan_to_login.protocol import Stage, TicketState

MOST_BYTES: Final = 64 * 1024


class NewClient(Fields):
    """A client to make; with ``ticket`` it asks for one at once."""

    gateway: Text | None = Field(None, description="Address of another gateway than this server's own.")
    name: Text | None = None
    version: Text | None = None
    device: Text | None = None
    transport: Literal["websocket", "poll"] = "websocket"
    ticket: bool = True
    target: Text | None = Field(None, description="Account whose phones the first ticket asks, without a QR.")


class NewTicket(Fields):
    """A ticket to ask for."""

    target: Text | None = Field(None, description="Account whose phones are asked, without a QR: its login name.")
    remembered: Text | None = Field(None, description="Token of a remembered computer, in the place of a name.")


class Claim(Fields):
    """A claim; the key is the ticket's own unless given. `code` is what the phone shows, where the client needs it."""

    idempotency_key: Text | None = None
    code: Text | None = None
    remember: bool = Field(False, description="Have the computer remembered: the answer has its token.")


class UnitFields(Fields):
    """A unit by its taxpayer_id or alias; no password is needed with an authorization."""

    unit: Text
    declaration_password: SecretStr | None = None
    captcha: CaptchaFields | None = None


class AwaitedState(Wait):
    """A state to wait for; without it the call answers at once."""

    is_: TicketState | None = Field(None, alias="is")


class ShownScanner(Shown):
    """Who scanned: a masked name, and its initial."""

    display_name: str
    initial: str


class ShownClient(Shown):
    """What the client's screen shows. `qr` is null once the ticket has ended, and of a targeted ticket; `serial` counts
    tickets."""

    client_id: str
    serial: int
    ticket_id: str | None
    qr: str | None
    state: TicketState | None
    version: int
    number: str | None
    claim_code_required: bool
    scanned_by: ShownScanner | None
    reason: str | None
    remaining: float | None


class ShownClients(Shown):
    """All clients, oldest first."""

    clients: list[ShownClient]


class ShownUnit(Shown):
    """A unit that the account may act for."""

    taxpayer_id: str
    name: str
    roles: list[str]
    via: list[str]
    password_required: bool
    status: str | None


class ShownUnits(Shown):
    """The units of the session's account."""

    units: list[ShownUnit]


class ShownLogin(Shown):
    """A login, its token included, for calls of the test's own."""

    access_token: str
    expires_in: int
    account: ShownAccount
    units: list[ShownUnit]
    next: str
    remembered: str | None = Field(None, description="Token of this computer for its next login.")


class ShownSession(Shown):
    """The client's session."""

    account: ShownAccount | None
    unit: ShownUnit | None
    stage: Stage
    created_at: int | None
    expires_at: int | None


_CLIENT: Final = "/clients/<client_id>"
CLIENT_CALLS: Final = (
    ActorCall("make_client", "POST", "/clients", "Make a client.", ShownClient, NewClient, status=201),
    ActorCall("list_clients", "GET", "/clients", "All clients.", ShownClients),
    ActorCall("remove_clients", "DELETE", "/clients", "Remove all clients.", status=204),
    ActorCall("show_client", "GET", _CLIENT, "A client.", ShownClient),
    ActorCall("remove_client", "DELETE", _CLIENT, "Remove a client.", status=204),
    ActorCall("client_ticket", "POST", f"{_CLIENT}/ticket", "Ask for a ticket.", ShownClient, NewTicket, status=201),
    ActorCall("client_cancel", "DELETE", f"{_CLIENT}/ticket", "Cancel the ticket.", ShownClient),
    ActorCall("client_qr", "GET", f"{_CLIENT}/qr.png", "The QR as a picture.", "image/png"),
    ActorCall(
        "client_screen", "GET", f"{_CLIENT}/screen", "The screen; waits for a newer QR.", ShownClient, query=Since
    ),
    ActorCall(
        "client_state",
        "GET",
        f"{_CLIENT}/state",
        "The screen, once the ticket has reached a state. 408 if it does not in time, 410 once it has ended otherwise.",
        ShownClient,
        query=AwaitedState,
    ),
    ActorCall("client_claim", "POST", f"{_CLIENT}/claim", "Exchange the ticket for a session.", ShownLogin, Claim),
    ActorCall("client_login", "POST", f"{_CLIENT}/login", "Log in by password.", ShownLogin, Credentials),
    ActorCall("client_session", "GET", f"{_CLIENT}/session", "The session.", ShownSession),
    ActorCall("client_logout", "DELETE", f"{_CLIENT}/session", "Log out.", status=204),
    ActorCall("client_units", "GET", f"{_CLIENT}/units", "The account's units.", ShownUnits),
    ActorCall("client_verify", "POST", f"{_CLIENT}/verification", "Verify a unit.", ShownSession, UnitFields),
    ActorCall(
        "client_bind",
        "POST",
        f"{_CLIENT}/binding",
        "Bind a unit by its declaration password.",
        ShownSession,
        UnitFields,
        status=201,
    ),
)
