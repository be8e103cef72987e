"""The one exception of the client, and the codes that it adds to the gateway's own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from scan_to_login.protocol import Code, TicketState


class LocalCode(StrEnum):
    """Codes of what goes wrong on the client's side of the wire; the gateway's are in
    ``scan_to_login.protocol.Code``.
    """

    UNREACHABLE = "unreachable"
    BAD_ANSWER = "bad_answer"
    TIMED_OUT = "timed_out"
    CLOSED = "closed"
    NO_TICKET = "no_ticket"
    NO_SESSION = "no_session"
    UNKNOWN_ALIAS = "unknown_alias"
    UNIT_NEEDED = "unit_needed"
    PASSWORD_NEEDED = "password_needed"
    INTERRUPTED = "interrupted"
    QR_FILE = "qr_file"
    BAD_GATEWAY_URL = "bad_gateway_url"


# What a refusal says of the ticket it was about: a client that resumes a dead ticket learns its end from this.
STATE_OF_REFUSAL: Final[Mapping[str, TicketState]] = {
    Code.TICKET_EXPIRED: TicketState.EXPIRED,
    Code.TICKET_REJECTED: TicketState.REJECTED,
    Code.TICKET_CANCELLED: TicketState.CANCELLED,
    Code.TICKET_SPENT: TicketState.CLAIMED,
}
_REFUSAL_OF_STATE: Final = {state: code for code, state in STATE_OF_REFUSAL.items()}
_ENDINGS: Final[Mapping[TicketState, str]] = {
    TicketState.REJECTED: "The login was rejected on the phone.",
    TicketState.CANCELLED: "The ticket was cancelled.",
    TicketState.EXPIRED: "The ticket has expired: ask for a new one.",
    TicketState.CLAIMED: "The ticket has been exchanged for a session already.",
}

# Refusals that pass by themselves: the same call may succeed a moment later.
PASSING: Final = frozenset(
    {LocalCode.UNREACHABLE, Code.UNAVAILABLE, Code.NOT_ACKNOWLEDGED, Code.RATE_LIMITED, Code.SLOW_DOWN}
)


class Reason(StrEnum):
    """Why a gateway cannot be reached: the end of the sentence."""

    REFUSED = "connection refused"
    UNKNOWN_NAME = "its name is not known"
    UNTRUSTED = "its TLS certificate is not trusted"
    CUT = "the connection was cut"
    NO_ANSWER = "no answer in time"


class ClientError(Exception):
    """A call that did not succeed.

    ``code`` is stable (``scan_to_login.protocol.Code`` or ``LocalCode``), ``detail`` is a sentence for a person,
    ``status`` is the HTTP status, or None for what no HTTP answer said. ``extras`` are the further members
    of the problem document, such as ``retry_after`` in seconds.
    """

    def __init__(
        self, code: str, detail: str, status: int | None = None, extras: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.code = str(code)
        self.detail = detail
        self.status = status
        self.extras: Mapping[str, Any] = dict(extras or {})

    @property
    def passing(self) -> bool:
        """Whether the same call may succeed a moment later."""
        return self.code in PASSING

    @property
    def was_cut(self) -> bool:
        """Whether there was a connection that was lost before the answer came: the call may have taken effect."""
        return self.code == LocalCode.UNREACHABLE and self.extras.get("reason") in (Reason.CUT, Reason.NO_ANSWER)

    @property
    def retry_after(self) -> float | None:
        """Seconds after which the gateway asks to be called again; None where it did not say."""
        value = self.extras.get("retry_after")
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def ending(state: TicketState) -> ClientError:
    """The error of a ticket that has ended, for whoever hoped for another end."""
    return ClientError(_REFUSAL_OF_STATE[state], _ENDINGS[state])


def unreachable(gateway_url: str, reason: Reason) -> ClientError:
    """No answer from the gateway."""
    return ClientError(
        LocalCode.UNREACHABLE,
        f"The gateway at {gateway_url} cannot be reached: {reason}.",
        extras={"gateway": gateway_url, "reason": reason},
    )


def bad_answer(gateway_url: str, what: str) -> ClientError:
    """Something answered, but not in the gateway's words: most often the URL is another server's."""
    return ClientError(
        LocalCode.BAD_ANSWER,
        f"{gateway_url} answered, but not as a gateway does ({what}): check the URL.",
        extras={"gateway": gateway_url, "what": what},
    )
