"""Tickets, and the long polls that wait for them."""

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from gateway.config.group import Beat, Group, Span
from scan_to_login.protocol import NumberMatching


class TicketSettings(Group):
    """Deadlines, tries and waits of tickets."""

    tickets_pending_seconds: Span = Field(120, ge=1, description="Lifetime of a ticket that nobody has scanned.")
    tickets_scanned_seconds: Span = Field(60, ge=1, description="Time from the scan to the confirm.")
    tickets_confirmed_seconds: Span = Field(30, ge=1, description="Time from the confirm to the claim.")
    tickets_total_seconds: Span = Field(300, ge=1, description="Longest total lifetime of a ticket, from its request.")
    tickets_tombstone_seconds: Span = Field(
        600, ge=0, description="How long Redis keeps an ended ticket, so that it answers 410 and not 404."
    )
    tickets_claim_repeat_seconds: Span = Field(
        30, ge=0, description="How long a client may repeat a claim with the same `Idempotency-Key`."
    )
    tickets_confirm_tries: int = Field(5, ge=1, description="Wrong one-time codes or numbers that reject a ticket.")
    tickets_claim_code_tries: int = Field(
        3, ge=1, description="Wrong codes of `number_matching` `return` that reject a ticket."
    )
    tickets_per_socket: int = Field(20, ge=1, description="Live tickets that one Socket.IO connection may hold.")
    tickets_per_address: int = Field(
        3000, ge=0, description="Tickets that one address may leave unclaimed in a minute; 0 is no limit."
    )
    ticket_guesses_per_address: int = Field(
        100, ge=0, description="Unknown tickets or secrets that one address may try in a minute; 0 is no limit."
    )
    qr_login_off: tuple[str, ...] = Field(
        (),
        description="Who cannot log in by QR: `all`, `client:NAME` (or a registered client's id), "
        "`account:LOGIN_NAME`, separated by commas. With the simulation it is the start value.",
    )
    number_matching: NumberMatching = Field(
        NumberMatching.SHOW,
        description="How a person ties the client's screen to the phone: `off`; `show` two digits on both; `require` "
        "them on the phone; `choose` them there among three, in one try; `return`: the phone shows six digits after it "
        "has confirmed, and they are typed at the client (there is `tickets_scanned_seconds` for that).",
    )
    targeted_tickets: bool | None = Field(
        None,
        description="Whether a client may ask the phones of a named account to log it in, without a scan. Empty: yes "
        "with the simulation, else no, since anybody who knows a login name could then make that person's phone ask.",
    )
    remembered_seconds: Span = Field(
        30 * 86_400,
        ge=0,
        description="How long a computer that a person has had remembered may ask their phones without a QR, since its "
        "last login; 0 remembers none.",
    )
    rotating_qr: bool = Field(
        False,
        description="Whether the QR changes all the time, so that a photo of it is soon worth nothing. The client "
        "draws it.",
    )
    rotating_qr_seconds: Beat = Field(
        1.0, ge=0.2, le=60, description="How long each picture of a rotating QR is shown."
    )
    rotating_qr_frames: int = Field(
        5, ge=2, le=60, description="Pictures of a rotating QR that may be scanned: the present one and those before."
    )
    poll_wait_seconds: int = Field(30, ge=0, le=120, description="Longest wait of one long poll.")
    poll_interval_seconds: Beat = Field(
        1.0, ge=0, description="Shortest time between polls of one ticket without `wait`; faster ones get `slow_down`."
    )
    poll_waits_per_ticket: int = Field(
        4,
        ge=0,
        description="Long polls of one ticket, or of one account's messages, that may wait on one worker at the same "
        "time; 0 is no limit.",
    )
    poll_waits_per_address: int = Field(
        1_000,
        ge=0,
        description="Long polls from one address that may wait on one worker at the same time; 0 is no limit.",
    )

    @field_validator("qr_login_off", mode="before")
    @classmethod
    def _split_qr_login_off(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("qr_login_off")
    @classmethod
    def _known_qr_login_off(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for word in value:
            kind, _, name = word.partition(":")
            if word != "all" and not (kind in ("client", "account") and name):
                raise PydanticCustomError(
                    "qr_login_off", "{word} is none of `all`, `client:NAME` and `account:LOGIN_NAME`", {"word": word}
                )
        return value

    @field_validator("targeted_tickets", mode="before")
    @classmethod
    def _unset(cls, value: object) -> object:
        return None if value in ("", "None") else value
