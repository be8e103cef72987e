"""Shapes of the wire that several routes of tickets have, and what a setting or the control plane adds to them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.http.routes import Answer, Body, ClaimCode


class LoginAvailability(Answer):
    """Whether this client can log people in by QR; the body of `login_availability`."""

    available: bool


class ClientView(Answer):
    """What the client said of itself."""

    name: str
    version: str
    device: str


class RotationView(Answer):
    """What a client draws the frames of a rotating QR from: each period's text ends in `.STEP.MAC`.

    STEP is the moment divided by the period, and MAC the base64url of the first 9 bytes of HMAC-SHA-256 over
    `TICKET_ID.STEP`.
    """

    secret: str = Field(description="the key of the HMAC, as text")
    period_ms: int
    now: int = Field(description="milliseconds of the gateway's clock")


class ScanBody(Body):
    """What a rotating QR held beside the ticket's id: `STEP.MAC`."""

    frame: Annotated[str, StringConstraints(max_length=64)] | None = None


class ClaimBody(Body):
    """The code that the phone shows, where it is needed, and whether the client wants its computer remembered."""

    code: ClaimCode | None = Field(None, description="where the ticket's `claim_code_required` says so")
    remember: bool = Field(False, description="next time this computer asks the same person's phone")
