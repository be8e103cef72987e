"""What a phone shows of a ticket, declared once: for the phone that reads it, and for the call that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from scan_to_login.protocol import NumberMatching


@dataclass(frozen=True, slots=True)
class TicketFields:
    """The ticket after a confirm or a reject.

    ``state`` is text, since a newer gateway may have states that this version does not know. Lifetimes are seconds,
    times are milliseconds of the gateway's clock. ``claim_code`` is what a person types at the client, where
    ``number_matching`` is ``return``.
    """

    ticket_id: str
    state: str
    version: int
    expires_in: float | None
    expires_at: int | None
    claim_code: str | None


@dataclass(frozen=True, slots=True)
class LoginRequestFields:
    """A client that asks this account's phones for a login, without a QR.

    ``client_*`` is what the client says of itself, the rest is what the gateway saw. ``expires_in`` is seconds, times
    are milliseconds of the gateway's clock.
    """

    ticket_id: str
    state: str
    expires_in: float
    expires_at: int
    client_name: str
    client_version: str
    client_device: str
    client_unverified: bool
    address: str
    requested_at: int


@dataclass(frozen=True, slots=True)
class ConfirmPageFields:
    """What the phone must show before a person decides (SECURITY.md 5).

    ``client_*`` is what the client says of itself, unverified. ``address`` and ``requested_at`` are what the gateway
    saw; ``same_address`` says whether this phone's own address is the same. ``number`` is there only where
    ``number_matching`` is ``show``, for the person to compare; ``choices`` only where it is ``choose``: the client
    shows one of them.
    """

    ticket_id: str
    state: str
    version: int
    expires_in: float
    expires_at: int
    client_name: str
    client_version: str
    client_device: str
    client_unverified: bool
    address: str
    requested_at: int
    same_address: bool
    number_matching: NumberMatching
    number: str | None
    choices: tuple[str, ...]
