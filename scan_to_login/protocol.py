"""The wire's vocabulary: the words that gateway, phone and client share.

Standard library only, and nothing but data and pure functions. Field names and codes here are the
contract of ``docs/reference/``; renaming one breaks every client in the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypedDict

API_PREFIX: Final = "/api/v1"
SIM_PREFIX: Final = "/sim/v1"
SIM_TOKEN_VARIABLE: Final = "PAIRING_SIM_TOKEN"
NAMESPACE: Final = "/pairing"

# Who may send what is in DESIGN.md section 4; the names are events of Socket.IO.
EVENT_REQUEST: Final = "request_ticket"
EVENT_RESUME: Final = "resume_ticket"
EVENT_CANCEL: Final = "cancel_ticket"
EVENT_STATE: Final = "ticket_state"
EVENT_AVAILABILITY: Final = "login_availability"


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


class TicketReason(StrEnum):
    """Why a ticket was rejected or cancelled."""

    REJECTED_ON_PHONE = "rejected_on_phone"
    PHONE_LOGGED_OUT = "phone_logged_out"
    TOO_MANY_TRIES = "too_many_tries"
    WRONG_NUMBER = "wrong_number"  # chosen on the phone
    CANCELLED_BY_CLIENT = "cancelled_by_client"
    REPLACED = "replaced"
    LOGIN_UNAVAILABLE = "login_unavailable"  # QR login was switched off


class SessionKind(StrEnum):
    """Who holds a session."""

    PHONE = "phone"
    CLIENT = "client"
    WEB = "web"


class Stage(StrEnum):
    """The stage of a client's session."""

    LOGGED_IN = "logged_in"
    UNIT_VERIFIED = "unit_verified"


class NextStep(StrEnum):
    """The next step of a client after its login: the ``next`` of a claim or a password login."""

    VERIFY_UNIT = "verify_unit"
    BIND_UNIT = "bind_unit"
    NONE = "none"


class Via(StrEnum):
    """How an account may act for a unit."""

    BINDING = "binding"
    AUTHORIZATION = "authorization"
    ROLE = "role"  # as a head of the unit, where heads need no declaration password
    LEGACY = "legacy"  # by the declaration password alone, until that login ends


class Permission(StrEnum):
    """The permission that an authorization gives a person for a unit."""

    HANDLE = "handle"  # 办税
    MANAGE = "manage"  # 管理: the same, and granting `handle` to others


class NumberMatching(StrEnum):
    """How a person ties the client's screen to the phone after the scan."""

    OFF = "off"
    SHOW = "show"  # both show two digits, to compare
    REQUIRE = "require"  # the client shows two digits, which are typed on the phone
    CHOOSE = "choose"  # the client shows two digits, the phone offers three numbers, and there is one try
    RETURN = "return"  # the phone shows six digits after it has confirmed, which are typed at the client


class ClientInfo(TypedDict):
    """A client's own description; unverified, and shown as such on the phone."""

    name: str
    version: str
    device: str


def sim_authorization(environment: Mapping[str, str], given: str = "") -> str | None:
    """The ``Authorization`` for calls to a simulation's control plane, by a token that is ``given`` or else in
    ``environment``; None without one."""
    token = given or environment.get(SIM_TOKEN_VARIABLE, "")
    return f"Bearer {token}" if token else None


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
    TARGETED_TICKETS_OFF = "targeted_tickets_off"
    REMEMBERED_INVALID = "remembered_invalid"
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
    QR_STALE = "qr_stale"
    QR_ROTATES = "qr_rotates"
    CLAIM_CODE_REQUIRED = "claim_code_required"
    CLAIM_CODE_INVALID = "claim_code_invalid"
    LOGIN_UNAVAILABLE = "login_unavailable"
    # login
    INVALID_CREDENTIALS = "invalid_credentials"
    CAPTCHA_REQUIRED = "captcha_required"
    CAPTCHA_INVALID = "captcha_invalid"
    ACCOUNT_LOCKED = "account_locked"
    ACCOUNT_DISABLED = "account_disabled"
    # registration and forgotten passwords
    CONSENT_REQUIRED = "consent_required"
    FACE_NOT_RECOGNIZED = "face_not_recognized"
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
    # the simulation
    NOT_IN_SEED = "not_in_seed"


class SearchMatch(StrEnum):
    """How much of a name or number a search of the control plane must have."""

    EXACT = "exact"
    PREFIX = "prefix"
    PART = "part"


class OAuthGrantType(StrEnum):
    """What a registered client may exchange for tokens (RFC 6749, RFC 8628, OpenID Connect CIBA Core 1.0)."""

    AUTHORIZATION_CODE = "authorization_code"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
    CIBA = "urn:openid:params:grant-type:ciba"
    REFRESH_TOKEN = "refresh_token"


class DeliveryMode(StrEnum):
    """How a client hears of the outcome of CIBA (OpenID Connect CIBA Core section 5)."""

    POLL = "poll"
    PING = "ping"
    PUSH = "push"


class AccessTokenFormat(StrEnum):
    """What a registered client's access token is."""

    OPAQUE = "opaque"  # the session's own: every call of the gateway takes it
    JWT = "jwt"  # RFC 9068: a resource server checks it offline


class SigningAlgorithm(StrEnum):
    """How tokens are signed (RFC 7518 section 3.1)."""

    ES256 = "ES256"
    RS256 = "RS256"


class Notice(StrEnum):
    """What a message to a phone is about."""

    LOGIN = "login"
    LOGIN_REQUEST = "login_request"  # a targeted ticket: a client asks this account's phones
    AUTHORIZATION_GRANTED = "authorization_granted"
    AUTHORIZATION_CHANGED = "authorization_changed"
    AUTHORIZATION_REVOKED = "authorization_revoked"
    AUTHORIZATION_GIVEN_UP = "authorization_given_up"
    DECLARATION_PASSWORD_RESET = "declaration_password_reset"


class LoginChannel(StrEnum):
    """Where somebody logged in, in a message about it."""

    QR = "qr"
    TARGETED = "targeted"  # by a ticket that was aimed at the account, without a scan
    CLIENT = "client"
    WEB = "web"
    PHONE = "phone"


class RegistrationStep(StrEnum):
    """What a registration under way needs next."""

    PHONE = "phone"
    COMPLETION = "completion"


class RegistrationWay(StrEnum):
    """How a person proves who they are at registration; the person chooses."""

    HALL_CODE = "hall_code"  # 大厅注册码: of the tax office's counter, as in the manual
    FACE = "face"  # 人脸识别: as in the app of today


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
