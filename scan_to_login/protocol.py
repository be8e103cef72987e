"""The wire's vocabulary: the words that gateway, phone and client share.

Standard library only, and nothing but data and pure functions. Field names and codes here are the
contract of ``docs/reference/``; renaming one breaks every client in the field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv6Address
from typing import Final, TypedDict
from urllib.parse import urlsplit

API_PREFIX: Final = "/api/v1"
SIM_PREFIX: Final = "/sim/v1"
SIM_TOKEN_VARIABLE: Final = "PAIRING_SIM_TOKEN"
NAMESPACE: Final = "/pairing"

# Who may send what is in DESIGN.md section 4; the names are events of Socket.IO.
EVENT_REQUEST: Final = "request_ticket"
EVENT_RESUME: Final = "resume_ticket"
EVENT_CANCEL: Final = "cancel_ticket"
EVENT_STATE: Final = "ticket_state"


class TicketState(StrEnum):
    """The state of a ticket; it never moves backwards."""

    PENDING = "pending"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    CLAIMED = "claimed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


LIVE_STATES: Final = frozenset({TicketState.PENDING, TicketState.SCANNED, TicketState.CONFIRMED})


class Stage(StrEnum):
    """The stage of a client's session."""

    LOGGED_IN = "logged_in"
    UNIT_VERIFIED = "unit_verified"


class NextStep(StrEnum):
    """The next step of a client after its login: the ``next`` of a claim or a password login."""

    VERIFY_UNIT = "verify_unit"
    BIND_UNIT = "bind_unit"
    NONE = "none"


class Permission(StrEnum):
    """The permission that an authorization gives a person for a unit."""

    HANDLE = "handle"  # 办税
    MANAGE = "manage"  # 管理: the same, and granting `handle` to others


class NumberMatching(StrEnum):
    """The use of the two-digit number that the client shows after the scan."""

    OFF = "off"
    SHOW = "show"
    REQUIRE = "require"


class ClientInfo(TypedDict):
    """A client's own description; unverified, and shown as such on the phone."""

    name: str
    version: str
    device: str


class QrKind(StrEnum):
    """The three kinds of QR in the system; only the first is a login."""

    LOGIN = "login"
    APP_DOWNLOAD = "app_download"
    DECLARATION_PASSWORD_RESET = "declaration_password_reset"


QR_PATHS: Final = {
    QrKind.LOGIN: "/q/",
    QrKind.APP_DOWNLOAD: "/download/app",
    QrKind.DECLARATION_PASSWORD_RESET: "/reset/declaration-password/",
}

_TICKET_ID = re.compile(r"[A-Za-z0-9_-]{22}\Z")
_TAXPAYER_ID = re.compile(r"[0-9A-Z]{15}(?:[0-9A-Z]{3})?\Z")


class QrRefused(ValueError):  # noqa: N818 - a refusal, like the gateway's own
    """A QR payload is not this gateway's; the text says what it is and what to do.

    ``reason`` is ``not_an_address``, ``foreign_origin`` or ``unknown_kind``, for phones that show it in Chinese.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def origin_of(url: str) -> str:
    """``scheme://host[:port]`` of a URL in the one form that browsers send (WHATWG URL Standard, "origin").

    In lower case, without a default port, a name in ASCII (IDNA), an IPv6 address in its short form.
    Raises QrRefused for what is not an absolute http or https URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        name = (parts.hostname or "").encode("idna").decode()  # no empty label, none of over 63 characters
    except ValueError:
        raise QrRefused("not_an_address", "The QR does not hold a valid address.") from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or " " in parts.hostname
        or parts.username is not None
    ):
        raise QrRefused("not_an_address", "The QR does not hold an http(s) address.")
    host = f"[{_short(parts.hostname)}]" if ":" in parts.hostname else name
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None and port != default else "")


def _short(address: str) -> str:
    try:
        return str(IPv6Address(address))
    except ValueError:
        raise QrRefused("not_an_address", "The QR does not hold a valid address.") from None


def sim_authorization(environment: Mapping[str, str]) -> str | None:
    """The ``Authorization`` for calls to a simulation's control plane; None if ``environment`` has no token."""
    token = environment.get(SIM_TOKEN_VARIABLE, "")
    return f"Bearer {token}" if token else None


def login_qr(public_url: str, ticket_id: str) -> str:
    """The text of a login QR: ``{public_url}/q/{ticket_id}`` and nothing else."""
    return f"{public_url.rstrip('/')}{QR_PATHS[QrKind.LOGIN]}{ticket_id}"


def reset_qr(public_url: str, taxpayer_id: str) -> str:
    """The text of the QR that leads a phone to the reset of one unit's declaration password."""
    return f"{public_url.rstrip('/')}{QR_PATHS[QrKind.DECLARATION_PASSWORD_RESET]}{taxpayer_id}"


def read_qr(payload: str, gateway_url: str) -> tuple[QrKind, str]:
    """Tell the three kinds of QR apart and refuse anything from another origin.

    In: the text that a reader found, and the URL of the gateway that the phone is logged in at.
    Out: the kind, and its argument: a ticket_id, a taxpayer_id, or an empty text for the download.
    Raises QrRefused, whose text says which of the rules was broken.
    """
    payload = payload.strip()
    if origin_of(payload) != origin_of(gateway_url):
        raise QrRefused(
            "foreign_origin", f"The QR comes from {origin_of(payload)}, not from {origin_of(gateway_url)}: not scanned."
        )
    parts = urlsplit(payload)
    if parts.query or parts.fragment:
        raise QrRefused("unknown_kind", "The QR carries more than a login, download or reset address: not scanned.")
    base = urlsplit(gateway_url).path.rstrip("/")
    path = parts.path.removeprefix(base)
    if path == QR_PATHS[QrKind.APP_DOWNLOAD]:
        return QrKind.APP_DOWNLOAD, ""
    for kind, pattern in ((QrKind.LOGIN, _TICKET_ID), (QrKind.DECLARATION_PASSWORD_RESET, _TAXPAYER_ID)):
        prefix = QR_PATHS[kind]
        if path.startswith(prefix) and pattern.match(path[len(prefix) :]):
            return kind, path[len(prefix) :]
    raise QrRefused(
        "unknown_kind", "The QR is of this gateway, but neither a login, nor a download, nor a reset: not scanned."
    )


class Code(StrEnum):
    """Stable error codes: the ``code`` of a problem document and of a Socket.IO refusal."""

    # the request itself
    MALFORMED_REQUEST = "malformed_request"
    INVALID_REQUEST = "invalid_request"
    BODY_TOO_LARGE = "body_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_FOUND = "not_found"
    ORIGIN_REFUSED = "origin_refused"
    RATE_LIMITED = "rate_limited"
    SLOW_DOWN = "slow_down"
    UNAVAILABLE = "unavailable"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    INTERNAL_ERROR = "internal_error"
    # who asks
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    # tickets
    TOO_MANY_TICKETS = "too_many_tickets"
    TICKET_NOT_FOUND = "ticket_not_found"
    TICKET_EXPIRED = "ticket_expired"
    TICKET_TAKEN = "ticket_taken"
    TICKET_WRONG_STATE = "ticket_wrong_state"
    TICKET_NOT_CONFIRMED = "ticket_not_confirmed"
    TICKET_SPENT = "ticket_spent"
    TICKET_REJECTED = "ticket_rejected"
    TICKET_CANCELLED = "ticket_cancelled"
    OTP_INVALID = "otp_invalid"
    OTP_TRIES_EXHAUSTED = "otp_tries_exhausted"
    NUMBER_MISMATCH = "number_mismatch"
    # login
    INVALID_CREDENTIALS = "invalid_credentials"
    CAPTCHA_REQUIRED = "captcha_required"
    CAPTCHA_INVALID = "captcha_invalid"
    ACCOUNT_LOCKED = "account_locked"
    ACCOUNT_DISABLED = "account_disabled"
    # registration and forgotten passwords
    CONSENT_REQUIRED = "consent_required"
    REGISTRATION_CODE_INVALID = "registration_code_invalid"
    REGISTRATION_CODE_EXPIRED = "registration_code_expired"
    REGISTRATION_CODE_SPENT = "registration_code_spent"
    REGISTRATION_NOT_FOUND = "registration_not_found"
    REGISTRATION_EXPIRED = "registration_expired"
    RESET_NOT_FOUND = "reset_not_found"
    RESET_EXPIRED = "reset_expired"
    SMS_CODE_INVALID = "sms_code_invalid"
    SMS_CODE_EXPIRED = "sms_code_expired"
    LOGIN_NAME_TAKEN = "login_name_taken"
    PHONE_TAKEN = "phone_taken"
    DOCUMENT_TAKEN = "document_taken"
    # units
    UNIT_VERIFICATION_REQUIRED = "unit_verification_required"
    UNIT_NOT_FOUND = "unit_not_found"
    UNIT_LOCKED = "unit_locked"
    UNIT_ABNORMAL = "unit_abnormal"
    UNIT_DEREGISTERED = "unit_deregistered"
    UNIT_CREDENTIALS_INVALID = "unit_credentials_invalid"
    DECLARATION_PASSWORD_REQUIRED = "declaration_password_required"
    DECLARATION_PASSWORD_INVALID = "declaration_password_invalid"
    LEGACY_LOGIN_CLOSED = "legacy_login_closed"
    AUTHORIZATION_CLOSED = "authorization_closed"
    AUTHORIZATION_NOT_FOUND = "authorization_not_found"
    AUTHORIZATION_EXISTS = "authorization_exists"
    AUTHORIZATION_LIMIT = "authorization_limit"
    PERSON_NOT_FOUND = "person_not_found"


class IdType(StrEnum):
    """A document for registration."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    HK_MACAU_PERMIT = "hk_macau_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    FOREIGN_PERMANENT_RESIDENT = "foreign_permanent_resident"


class Role(StrEnum):
    """A person's role at a unit."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    FINANCE_MANAGER = "finance_manager"
    TAX_AGENT = "tax_agent"


class UnitStatus(StrEnum):
    """A unit's status at the tax office."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"  # 非正常户
    DEREGISTERED = "deregistered"  # 注销
