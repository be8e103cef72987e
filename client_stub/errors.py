"""The one exception of the client, and the codes that it adds to the gateway's own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from scan_to_login.errors import BadUrl, CallError, Failure, NotAGateway, Reason, Refusal, Unreachable
from scan_to_login.protocol import Code, TicketReason, TicketState


class LocalCode(StrEnum):
    """Codes of the client's own errors; the gateway's are in ``scan_to_login.protocol.Code``."""

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


# The last state of a ticket by the code of a refusal: so a client that resumes an ended ticket learns its end.
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


class ClientError(CallError):
    """A call of the client that did not succeed; see CallError. ``code`` is a gateway's ``Code`` or a ``LocalCode``."""

    OWN_PASSING = frozenset({LocalCode.UNREACHABLE})

    @property
    def was_cut(self) -> bool:
        """Whether the connection was lost before the answer: the call may have taken effect."""
        return self.code == LocalCode.UNREACHABLE and self.extra.get("reason") in (Reason.CUT, Reason.NO_ANSWER)


def ending(state: TicketState, reason: str | None = None) -> ClientError:
    """The error of a ticket that has ended in another state than the one awaited, for ``reason``."""
    if reason == TicketReason.LOGIN_UNAVAILABLE:
        return ClientError(Code.LOGIN_UNAVAILABLE, "Login by QR is switched off: log in with account and password.")
    return ClientError(_REFUSAL_OF_STATE[state], _ENDINGS[state])


def client_error(failure: Failure) -> ClientError:
    """The client's exception for a failed HTTP call."""
    match failure:
        case BadUrl(url):
            return bad_url(url)
        case Unreachable(url, reason):
            return unreachable(url, reason)
        case NotAGateway(url, found):
            return bad_answer(url, found)
        case Refusal(code, detail, status, extra):
            return ClientError(code, detail, status, extra)


def bad_url(gateway_url: str) -> ClientError:
    """The error of a text that is not the address of a gateway."""
    return ClientError(
        LocalCode.BAD_GATEWAY_URL,
        f"{gateway_url!r} is not the address of a gateway: give http://host:port.",
        extra={"gateway": gateway_url},
    )


def unreachable(gateway_url: str, reason: Reason) -> ClientError:
    """The error of a gateway that does not answer."""
    return ClientError(
        LocalCode.UNREACHABLE,
        f"The gateway at {gateway_url} cannot be reached: {reason}.",
        extra={"gateway": gateway_url, "reason": reason},
    )


def bad_answer(gateway_url: str, what: str) -> ClientError:
    """The error of an answer that is not a gateway's: most often the URL is another server's."""
    return ClientError(
        LocalCode.BAD_ANSWER,
        f"{gateway_url} answered, but not as a gateway does ({what}): check the URL.",
        extra={"gateway": gateway_url, "what": what},
    )
