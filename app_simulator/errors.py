"""The one exception of the phone, and the codes that are the phone's own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from app_simulator.texts import Texts
from scan_to_login.messages import problem_sentence


class PhoneCode(StrEnum):
    """Codes of what the phone itself finds; what the gateway refuses carries a ``scan_to_login.protocol.Code``."""

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
    QR_FILE = "qr_file"
    QR_EMPTY = "qr_empty"
    QR_NOT_AN_IMAGE = "qr_not_an_image"
    QR_BROKEN_IMAGE = "qr_broken_image"
    QR_IMAGE_TOO_LARGE = "qr_image_too_large"
    QR_NONE = "qr_none"
    QR_SEVERAL = "qr_several"
    QR_NOT_AN_ADDRESS = "qr_not_an_address"
    QR_FOREIGN_ORIGIN = "qr_foreign_origin"
    QR_OTHER_NAME = "qr_other_name"
    QR_UNKNOWN_KIND = "qr_unknown_kind"
    QR_APP_DOWNLOAD = "qr_app_download"
    QR_DECLARATION_PASSWORD_RESET = "qr_declaration_password_reset"
    QR_NOT_A_RESET = "qr_not_a_reset"
    UNIT_UNKNOWN = "unit_unknown"


class PhoneError(Exception):
    """Something the phone could not do.

    ``code`` is a ``PhoneCode`` or a ``scan_to_login.protocol.Code`` (or a newer gateway's code that this
    version does not know), ``detail`` an English sentence, ``status`` the HTTP status of a gateway's
    refusal and None otherwise, ``extra`` what else the problem document said (``retry_after`` in
    seconds, ``state``, ``version``, ``errors``).
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        status: int | None = None,
        extra: Mapping[str, Any] | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        self.code = code
        self.status = status
        self.extra: Mapping[str, Any] = dict(extra or {})
        self._values = dict(values or {})
        self.detail = detail or problem_sentence(code, "en", {}, program="phone", values=self._values, otherwise=code)
        super().__init__(f"{code}: {self.detail}")

    @classmethod
    def own(cls, code: PhoneCode, **values: object) -> Self:
        """An error of the phone's own; ``values`` fill the placeholders of its text."""
        return cls(code.value, values=values)

    @classmethod
    def from_problem(cls, problem: Mapping[str, Any], status: int) -> Self:
        """The error that a problem document (RFC 9457) with a ``code`` tells."""
        extra = {name: value for name, value in problem.items() if name not in _PROBLEM_MEMBERS}
        return cls(str(problem["code"]), str(problem.get("detail") or problem["code"]), status=status, extra=extra)

    @property
    def retry_after(self) -> float | None:
        """Seconds after which a repeat may succeed, where the gateway or the phone knows them."""
        seconds = self.extra.get("retry_after")
        return float(seconds) if isinstance(seconds, int | float) else None

    def sentence(self, texts: Texts) -> str:
        """What a person is told: the catalogue's words, else the gateway's own."""
        extra = {} if self.code == PhoneCode.OTP_WAIT else self.extra  # its own sentence says when
        return problem_sentence(
            self.code, texts.language, extra, program="phone", values=self._values, otherwise=self.detail
        )


_PROBLEM_MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "code"})
