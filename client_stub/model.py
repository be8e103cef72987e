"""Tickets, accounts, units and sessions: the gateway's answers as types."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from client_stub.errors import STATE_OF_REFUSAL, ClientError
from scan_to_login.protocol import LIVE_STATES, Stage, TicketState
from scan_to_login.rules.rotating_qr import frame_of, framed, step_at


@dataclass(frozen=True, slots=True)
class Rotation:
    """What the frames of a rotating QR are drawn from, without the gateway. ``secret`` stays with the client."""

    secret: str = field(repr=False)
    period: float
    """Seconds that each frame is shown."""
    ahead: float
    """Seconds between this computer's monotonic clock and the gateway's."""

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Rotation:
        """From the ``rotation`` of a new ticket, just received. Raises KeyError for a missing member."""
        return cls(body["secret"], int(body["period_ms"]) / 1000, int(body["now"]) / 1000 - time.monotonic())

    def frame(self, ticket_id: str) -> str:
        """The frame of the ticket ``ticket_id`` to show now. Raises nothing."""
        now_ms = round((time.monotonic() + self.ahead) * 1000)
        return frame_of(self.secret, ticket_id, step_at(now_ms, round(self.period * 1000)))


@dataclass(frozen=True, slots=True)
class Ticket:
    """One attempt at QR login; ``claim_secret`` stays with the client and is not shown.

    ``qr`` is the text to draw. Where the QR rotates, ``shown_qr`` is the text to draw now. A targeted ticket has an
    empty ``qr``: the phones of its account are asked, and nobody scans.
    """

    ticket_id: str
    claim_secret: str = field(repr=False)
    qr: str
    version: int
    expires_in: int
    """Seconds that it may stay pending, counted from the answer."""
    expires_at: int
    """The same deadline in milliseconds of the gateway's clock."""
    rotation: Rotation | None = None

    @property
    def shown_qr(self) -> str:
        """The text that the screen shows at this moment."""
        return self.qr if self.rotation is None else framed(self.qr, self.rotation.frame(self.ticket_id))

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Ticket:
        """From the answer to ``request_ticket`` or ``POST /tickets``. Raises KeyError for a missing member."""
        return cls(
            ticket_id=body["ticket_id"],
            claim_secret=body["claim_secret"],
            qr=body.get("qr", ""),
            version=int(body["version"]),
            expires_in=int(body["expires_in"]),
            expires_at=int(body["expires_at"]),
            rotation=Rotation.from_wire(body["rotation"]) if body.get("rotation") else None,
        )


@dataclass(frozen=True, slots=True)
class Scanner:
    """The person who scanned: a masked name and its initial, which the client may show before the confirm."""

    display_name: str
    initial: str


@dataclass(frozen=True, slots=True)
class Update:
    """One state of a ticket from the gateway. States come in order; one may be missing after a lost connection."""

    ticket_id: str
    state: TicketState
    version: int
    at: int | None = None
    """Milliseconds of the gateway's clock; None for a state from a refusal."""
    expires_in: int | None = None
    """Seconds from the event to the deadline of this state; None once the ticket has ended."""
    scanned_by: Scanner | None = None
    number: str | None = None
    """The two digits to compare with the phone's; None unless the gateway has number matching on."""
    reason: str | None = None
    claim_code_required: bool = False
    """Whether the claim needs the six digits that the phone shows now."""

    @property
    def live(self) -> bool:
        """Whether the ticket may still become a session."""
        return self.state in LIVE_STATES

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Update:
        """From a ``ticket_state`` event, an acknowledgement or a poll's answer. Raises KeyError or ValueError."""
        who = body.get("scanned_by")
        expires_in = body.get("expires_in")
        return cls(
            ticket_id=body["ticket_id"],
            state=TicketState(body["state"]),
            version=int(body["version"]),
            at=body.get("at"),
            expires_in=None if expires_in is None else int(expires_in),
            scanned_by=None if not who else Scanner(who["display_name"], who.get("initial") or who["display_name"][:1]),
            number=body.get("number"),
            reason=body.get("reason"),
            claim_code_required=body.get("claim_code_required") is True,
        )

    @classmethod
    def from_refusal(cls, ticket_id: str, error: ClientError, seen_version: int) -> Update | None:
        """The end of a ticket that a refusal names (410); None for another refusal."""
        state = STATE_OF_REFUSAL.get(error.code)
        if state is None:
            return None
        version = error.extra.get("version")
        return cls(ticket_id, state, version if isinstance(version, int) else seen_version + 1)


@dataclass(frozen=True, slots=True)
class Account:
    """A registered person, with a masked name."""

    account_id: str
    login_name: str | None
    display_name: str
    id_type: str | None

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Account:
        """From the ``account`` of an answer. Raises KeyError for a missing member."""
        return cls(str(body["account_id"]), body.get("login_name"), body["display_name"], body.get("id_type"))


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that this account is bound to or authorized for."""

    taxpayer_id: str
    name: str
    roles: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    """``binding``, ``authorization`` or both."""
    password_required: bool = True
    status: str | None = None

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Unit:
        """From one of ``units``, or the ``unit`` of a session. Raises KeyError for a missing member."""
        via = body.get("via") or ()
        return cls(
            taxpayer_id=body["taxpayer_id"],
            name=body["name"],
            roles=tuple(body.get("roles") or ()),
            via=(via,) if isinstance(via, str) else tuple(via),
            password_required=bool(body.get("password_required", True)),
            status=body.get("status"),
        )


@dataclass(frozen=True, slots=True)
class Login:
    """A claimed ticket or a password login: a session whose only next step is unit verification."""

    access_token: str = field(repr=False)
    expires_in: int
    """Seconds that the session lasts."""
    account: Account
    units: tuple[Unit, ...]
    next: str
    """The next step: ``verify_unit`` or ``bind_unit``."""
    remembered: str | None = field(default=None, repr=False)
    """Token of this computer for its next login; None unless it was asked for and is remembered."""

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Login:
        """From the answer to a claim or to ``POST /sessions``. Raises KeyError for a missing member."""
        return cls(
            access_token=body["access_token"],
            expires_in=int(body["expires_in"]),
            account=Account.from_wire(body["account"]),
            units=tuple(Unit.from_wire(unit) for unit in body["units"]),
            next=str(body["next"]),
            remembered=body.get("remembered"),
        )


@dataclass(frozen=True, slots=True)
class Session:
    """The client's session as the gateway sees it."""

    account: Account | None
    """None for a login by declaration password alone, before the cut-over."""
    unit: Unit | None
    stage: Stage
    created_at: int | None = None
    """Milliseconds of the gateway's clock, as is ``expires_at``."""
    expires_at: int | None = None

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Session:
        """From ``GET /session`` or an answer to unit verification. Raises KeyError or ValueError."""
        return cls(
            account=None if body["account"] is None else Account.from_wire(body["account"]),
            unit=None if body.get("unit") is None else Unit.from_wire(body["unit"]),
            stage=Stage(body["stage"]),
            created_at=body.get("created_at"),
            expires_at=body.get("expires_at"),
        )


@dataclass(frozen=True, slots=True)
class Function:
    """One entry of the menu that a verified session has; names in Chinese and English."""

    code: str
    name_zh: str
    name_en: str

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Function:
        """From one of the ``functions`` of a menu. Raises KeyError for a missing member."""
        return cls(body["code"], body["name_zh"], body["name_en"])


@dataclass(frozen=True, slots=True)
class ResetOffer:
    """Two ways to a new declaration password: the text of a QR for the app, and the page of the WEB platform."""

    qr: str
    link: str

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> ResetOffer:
        """From the answer to ``GET /units/{taxpayer_id}/declaration-password``. Raises KeyError."""
        return cls(body["qr"], body["link"])


@dataclass(frozen=True, slots=True)
class Availability:
    """QR login was switched off for this client (``available`` False) or on again (True)."""

    available: bool


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection to the gateway was lost (``alive`` False) or came back (True)."""

    alive: bool
