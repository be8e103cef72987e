"""The one exception of the phone, and the codes that are the phone's own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from app_simulator.texts import Texts
from scan_to_login.errors import INSECURE, BadUrl, CallError, Failure, NotAGateway, Reason, Refusal, Unreachable
from scan_to_login.messages import Key, problem_sentence
from scan_to_login.qr_payload import origin_of


class PhoneCode(StrEnum):
    """Codes of the phone's own errors; the gateway's refusals carry a ``scan_to_login.protocol.Code``."""

    CONNECTION_FAILED = "connection_failed"
    CONNECTION_TIMEOUT = "connection_timeout"
    CONNECTION_INSECURE = "connection_insecure"
    NOT_A_GATEWAY = "not_a_gateway"
    UNEXPECTED_ANSWER = "unexpected_answer"
    BAD_GATEWAY_URL = "bad_gateway_url"
    NOT_LOGGED_IN = "not_logged_in"
    LOGIN_REPLACED = "login_replaced"
    STATE_UNREADABLE = "state_unreadable"
    STATE_NOT_WRITABLE = "state_not_writable"
    OTP_WAIT = "otp_wait"
    CLOCK_MOVED_BACK = "clock_moved_back"
    NUMBER_REQUIRED = "number_required"
    NO_REQUEST = "no_request"
    QR_FILE = "qr_file"
    QR_EMPTY = "qr_empty"
    QR_NOT_AN_IMAGE = "qr_not_an_image"
    QR_FORMAT = "qr_format"
    QR_BROKEN_IMAGE = "qr_broken_image"
    QR_IMAGE_TOO_LARGE = "qr_image_too_large"
    QR_NONE = "qr_none"
    QR_SEVERAL = "qr_several"
    QR_SEVERAL_OWN = "qr_several_own"
    QR_NOT_AN_ADDRESS = "qr_not_an_address"
    QR_FOREIGN_ORIGIN = "qr_foreign_origin"
    QR_OTHER_NAME = "qr_other_name"
    QR_UNKNOWN_KIND = "qr_unknown_kind"
    QR_APP_DOWNLOAD = "qr_app_download"
    QR_DECLARATION_PASSWORD_RESET = "qr_declaration_password_reset"
    QR_NOT_A_RESET = "qr_not_a_reset"
    UNIT_UNKNOWN = "unit_unknown"


class PhoneError(CallError):
    """A failed call of the phone; see CallError. ``code`` is a gateway's code or a ``PhoneCode``.

    A gateway's code may be a newer one that this version does not know.
    """

    OWN_PASSING = frozenset({PhoneCode.CONNECTION_FAILED, PhoneCode.CONNECTION_TIMEOUT})

    def __init__(
        self,
        code: str,
        detail: str = "",
        status: int | None = None,
        extra: Mapping[str, Any] | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        self._values = dict(values or {})
        told = detail or problem_sentence(code, "en", {}, program="phone", values=self._values, otherwise=code)
        super().__init__(code, told, status, extra)

    @classmethod
    def own(cls, code: PhoneCode, **values: object) -> Self:
        """An error of the phone's own; ``values`` fill the placeholders of its text."""
        return cls(code.value, values=values)

    def sentence(self, texts: Texts) -> str:
        """The sentence for people: the catalogue's, or else the gateway's."""
        extra = {} if self.code == PhoneCode.OTP_WAIT else self.extra  # its own sentence says when
        return problem_sentence(
            self.code, texts.language, extra, program="phone", values=self._values, otherwise=self.detail
        )


def phone_error(failure: Failure) -> PhoneError:
    """The phone's exception for a failed HTTP call."""
    match failure:
        case BadUrl(url):
            return PhoneError.own(PhoneCode.BAD_GATEWAY_URL, url=url)
        case Unreachable(url, Reason.NO_ANSWER):
            return PhoneError.own(PhoneCode.CONNECTION_TIMEOUT, origin=origin_of(url))
        case Unreachable(url, reason) if reason in INSECURE:
            told = Key(f"reason.{reason.name.lower()}")
            return PhoneError.own(PhoneCode.CONNECTION_INSECURE, origin=origin_of(url), reason=told)
        case Unreachable(url):
            return PhoneError.own(PhoneCode.CONNECTION_FAILED, origin=origin_of(url))
        case NotAGateway(url, found):
            return PhoneError.own(PhoneCode.NOT_A_GATEWAY, origin=origin_of(url), found=found)
        case Refusal(code, detail, status, extra):
            return PhoneError(code, detail, status, extra)
