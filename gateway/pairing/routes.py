"""Routes of tickets over REST: the client's without a WebSocket, and the phone's."""

from pydantic import Field

from gateway.foundation.errors import refused_field
from gateway.foundation.offload import Offload
from gateway.http.routes import Answer, Auth, Body, Call, Otp, Raw, Router, TwoDigits, absent
from gateway.pairing.model import DEAD_CODES
from gateway.pairing.remembered.service import RememberedComputers
from gateway.pairing.schemas import ClientView, RotationView, ScanBody
from gateway.pairing.service import PairingService
from gateway.pairing.targeted.service import TargetedTickets
from gateway.pairing.ticket_requests import RequestTicketBody
from scan_to_login.field_rules import FieldRule
from scan_to_login.protocol import API_PREFIX, Code, NumberMatching, TicketReason, TicketState
from scan_to_login.request_shapes import Query

LONGEST_KEY = 128
_DEAD = tuple(DEAD_CODES.values())
_PHONE = (Code.TICKET_NOT_FOUND, Code.TICKET_TAKEN, Code.TICKET_WRONG_STATE, *_DEAD)
_ADVANCES = (*_PHONE, Code.LOGIN_UNAVAILABLE)
CARRIED = "the request for the ticket, or the push (W3C Trace Context); only where the gateway is traced"


class IssuedTicketAnswer(Answer):
    """A new ticket. The claim secret is told this once; `qr` is the text to draw, and a targeted ticket has none."""

    ticket_id: str
    claim_secret: str
    qr: str | None = absent()
    state: TicketState
    version: int
    expires_in: int = Field(description="seconds")
    expires_at: int = Field(description="milliseconds of the gateway's clock")
    rotation: RotationView | None = absent(description="where the QR rotates; `qr` is the present frame then")


class ScannedByView(Answer):
    """Who scanned, masked."""

    display_name: str
    initial: str | None = absent()


class TicketStateAnswer(Answer):
    """A ticket's state; the body of `ticket_state` too."""

    ticket_id: str
    state: TicketState
    version: int
    at: int = Field(description="time of the last change, in milliseconds of the gateway's clock")
    expires_in: int | None = absent()
    expires_at: int | None = absent()
    scanned_by: ScannedByView | None = absent()
    number: str | None = absent()
    claim_code_required: bool | None = absent()
    reason: TicketReason | None = absent()
    traceparent: str | None = absent(description=CARRIED)


class ConfirmPage(Answer):
    """What the phone must show before it lets a person confirm."""

    ticket_id: str
    state: TicketState
    version: int
    expires_in: int | None = absent()
    expires_at: int | None = absent()
    client: ClientView
    client_unverified: bool = True
    address: str = Field(description="the client's IP address, as the gateway sees it")
    requested_at: int
    same_address: bool = Field(description="whether the phone's own address is the same")
    number_matching: NumberMatching
    number: str | None = absent()
    choices: list[str] | None = absent()
    traceparent: str | None = absent(description=CARRIED)


class TicketAfterAction(Answer):
    """The ticket after the phone's action."""

    ticket_id: str
    state: TicketState
    version: int
    at: int
    expires_in: int | None = absent()
    expires_at: int | None = absent()
    claim_code: str | None = absent()
    reason: TicketReason | None = absent()


class PollQuery(Query):
    """A long poll: answer when the version is newer than `since`, or after `wait` seconds."""

    since: int | None = Field(default=None, ge=0, le=1_000_000)
    wait: float = Field(default=0, ge=0, le=120)


class Nothing(Body):
    """An empty object."""


class ConfirmBody(Body):
    """The device's one-time code, and the two digits on the client's screen where they are required."""

    otp: Otp
    number: TwoDigits | None = None


def router(
    service: PairingService, targeted: TargetedTickets, remembered: RememberedComputers, offload: Offload
) -> Router:
    """The room's list of routes, without the claim: its answer speaks of units."""

    def request_ticket(call: Call, body: RequestTicketBody) -> IssuedTicketAnswer:
        """Request a ticket, without a WebSocket."""
        return IssuedTicketAnswer(**body.issue(service, targeted, remembered, call.address, call.asked))

    def poll_ticket(call: Call) -> TicketStateAnswer:
        """The ticket's state, at once or after waiting for a change."""
        query: PollQuery = call.query
        return TicketStateAnswer.model_validate(
            service.poll(call.path["ticket_id"], call.credential, call.address, query.since, query.wait)
        )

    def cancel_ticket(call: Call) -> TicketStateAnswer:
        """Cancel the ticket."""
        return TicketStateAnswer.model_validate(
            service.abandon_ticket(call.path["ticket_id"], call.credential, call.address)
        )

    def scan_ticket(call: Call, body: ScanBody | None) -> ConfirmPage:
        """Scan the ticket: it now belongs to this phone. The answer is the content of the confirm page."""
        frame = (body and body.frame) or ""
        return ConfirmPage.model_validate(
            service.bind_phone(call.path["ticket_id"], call.credential, call.address, frame)
        )

    def confirm_ticket(call: Call, body: ConfirmBody) -> TicketAfterAction:
        """Confirm with the device's one-time code."""
        return TicketAfterAction.model_validate(
            service.approve_login(call.path["ticket_id"], call.credential, body.otp, body.number or "", call.address)
        )

    def reject_ticket(call: Call, _body: Nothing | None) -> TicketAfterAction:
        """Reject the login."""
        return TicketAfterAction.model_validate(
            service.decline_login(call.path["ticket_id"], call.credential, call.address)
        )

    def ticket_qr_svg(call: Call) -> Raw:
        """The ticket's QR as SVG."""
        from scan_to_login import qr_image  # drawing is loaded when first asked for: a gateway starts sooner without

        return Raw(offload(qr_image.svg, service.qr_text(call.path["ticket_id"], call.asked)), "image/svg+xml")

    def ticket_qr_png(call: Call) -> Raw:
        """The ticket's QR as PNG."""
        from scan_to_login import qr_image

        return Raw(offload(qr_image.png, service.qr_text(call.path["ticket_id"], call.asked)), "image/png")

    room = Router("pairing", API_PREFIX)
    one = "/tickets/<ticket_id>"
    room.add(
        "POST",
        "/tickets",
        request_ticket,
        body=RequestTicketBody,
        returns=IssuedTicketAnswer,
        status=201,
        codes=(Code.TOO_MANY_TICKETS, Code.LOGIN_UNAVAILABLE, Code.TARGETED_TICKETS_OFF, Code.REMEMBERED_INVALID),
    )
    room.add(
        "GET",
        one,
        poll_ticket,
        auth=Auth.TICKET,
        query=PollQuery,
        returns=TicketStateAnswer,
        codes=(Code.SLOW_DOWN, *_DEAD),
    )
    room.add(
        "DELETE",
        one,
        cancel_ticket,
        auth=Auth.TICKET,
        returns=TicketStateAnswer,
        codes=(Code.TICKET_WRONG_STATE, *_DEAD),
    )
    room.add(
        "POST",
        f"{one}/scan",
        scan_ticket,
        auth=Auth.PHONE,
        body=ScanBody,
        body_optional=True,
        returns=ConfirmPage,
        codes=(*_ADVANCES, Code.QR_STALE),
        fast=True,
    )
    room.add(
        "POST",
        f"{one}/confirm",
        confirm_ticket,
        auth=Auth.PHONE,
        body=ConfirmBody,
        returns=TicketAfterAction,
        codes=(*_ADVANCES, Code.OTP_INVALID, Code.OTP_TRIES_EXHAUSTED, Code.NUMBER_MISMATCH),
        fast=True,
    )
    room.add(
        "POST",
        f"{one}/reject",
        reject_ticket,
        auth=Auth.PHONE,
        body=Nothing,
        body_optional=True,
        returns=TicketAfterAction,
        codes=_PHONE,
    )
    room.add(
        "GET", f"{one}/qr.svg", ticket_qr_svg, returns="image/svg+xml", codes=(Code.TICKET_NOT_FOUND, Code.QR_ROTATES)
    )
    room.add("GET", f"{one}/qr.png", ticket_qr_png, returns="image/png", codes=(Code.TICKET_NOT_FOUND, Code.QR_ROTATES))
    return room


class ClaimHeaders(Query):
    """The header that makes a claim repeatable."""

    idempotency_key: str = Field(
        "",
        alias="Idempotency-Key",
        max_length=LONGEST_KEY,
        description="Any text that is this claim's own: the same claim sent again with it gets the same session.",
    )


def claim_key(call: Call) -> str:
    """The ``Idempotency-Key`` of a claim. Raises ``invalid_request`` for one that is too long."""
    key = call.headers.get("idempotency-key", "")
    if len(key) > LONGEST_KEY:
        raise refused_field("Idempotency-Key", FieldRule.TOO_LONG, max=LONGEST_KEY)
    return key
