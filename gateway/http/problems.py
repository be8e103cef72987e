"""Refusals as RFC 9457 problem documents: the one table of statuses, and the one place that makes them.

Titles, details and the messages of fields are those of ``scan_to_login.messages``, in the language asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from gateway.foundation.errors import Refusal
from scan_to_login.field_rules import ABOUT_ANY_FIELD
from scan_to_login.messages import LANGUAGES, Language, detail_of, sentence, title_of, with_supplement
from scan_to_login.protocol import Code

CONTENT_TYPE = "application/problem+json"
CONTENT_LANGUAGES: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh-CN"}

STATUSES: Final[Mapping[Code, int]] = {
    Code.MALFORMED_REQUEST: 400,
    Code.INVALID_REQUEST: 422,
    Code.BODY_TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA_TYPE: 415,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.NOT_FOUND: 404,
    Code.ORIGIN_REFUSED: 403,
    Code.RATE_LIMITED: 429,
    Code.SLOW_DOWN: 429,
    Code.UNAVAILABLE: 503,
    Code.NOT_ACKNOWLEDGED: 503,
    Code.INTERNAL_ERROR: 500,
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.TOO_MANY_TICKETS: 429,
    Code.TARGETED_TICKETS_OFF: 403,
    Code.REMEMBERED_INVALID: 403,
    Code.TICKET_NOT_FOUND: 404,
    Code.TICKET_EXPIRED: 410,
    Code.TICKET_TAKEN: 409,
    Code.TICKET_WRONG_STATE: 409,
    Code.TICKET_NOT_CONFIRMED: 409,
    Code.TICKET_SPENT: 410,
    Code.TICKET_REJECTED: 410,
    Code.TICKET_CANCELLED: 410,
    Code.OTP_TRIES_EXHAUSTED: 401,
    Code.OTP_INVALID: 403,
    Code.NUMBER_MISMATCH: 403,
    Code.QR_STALE: 409,
    Code.QR_ROTATES: 409,
    Code.CLAIM_CODE_REQUIRED: 403,
    Code.CLAIM_CODE_INVALID: 403,
    Code.LOGIN_UNAVAILABLE: 403,
    Code.INVALID_CREDENTIALS: 401,
    Code.CAPTCHA_REQUIRED: 403,
    Code.CAPTCHA_INVALID: 403,
    Code.ACCOUNT_LOCKED: 423,
    Code.ACCOUNT_DISABLED: 403,
    Code.CONSENT_REQUIRED: 403,
    Code.FACE_NOT_RECOGNIZED: 403,
    Code.REGISTRATION_CODE_INVALID: 403,
    Code.REGISTRATION_CODE_EXPIRED: 410,
    Code.REGISTRATION_CODE_SPENT: 410,
    Code.REGISTRATION_NOT_FOUND: 404,
    Code.REGISTRATION_EXPIRED: 410,
    Code.RESET_NOT_FOUND: 404,
    Code.RESET_EXPIRED: 410,
    Code.SMS_CODE_INVALID: 403,
    Code.SMS_CODE_EXPIRED: 410,
    Code.LOGIN_NAME_TAKEN: 409,
    Code.PHONE_TAKEN: 409,
    Code.DOCUMENT_TAKEN: 409,
    Code.UNIT_VERIFICATION_REQUIRED: 403,
    Code.UNIT_NOT_FOUND: 404,
    Code.UNIT_LOCKED: 423,
    Code.UNIT_DEREGISTERED: 403,
    Code.DECLARATION_PASSWORD_REQUIRED: 403,
    Code.UNIT_ABNORMAL: 403,
    Code.UNIT_CREDENTIALS_INVALID: 403,
    Code.DECLARATION_PASSWORD_INVALID: 403,
    Code.LEGACY_LOGIN_CLOSED: 403,
    Code.AUTHORIZATION_CLOSED: 403,
    Code.AUTHORIZATION_NOT_FOUND: 404,
    Code.AUTHORIZATION_EXISTS: 409,
    Code.AUTHORIZATION_LIMIT: 409,
    Code.PERSON_NOT_FOUND: 404,
    Code.NOT_IN_SEED: 404,
}


def status_of(code: Code) -> int:
    """HTTP status of a code."""
    return STATUSES[code]


@lru_cache(128)
def language_of(accept_language: str) -> Language:
    """The language of an answer by ``Accept-Language`` (RFC 9110, 12.5.4): that of the two with the greater weight.

    The one named first where both weigh the same; English where neither is named, and where a weight is no number.
    """
    weights: dict[str, float] = {}
    for wish in accept_language.lower().split(","):
        name, _, weight = wish.replace(" ", "").partition(";q=")
        try:
            weights.setdefault(name.partition("-")[0], float(weight or "1"))
        except ValueError:
            continue
    wanted = [name for name in weights if name in LANGUAGES and weights[name] > 0]
    return "zh" if max(wanted, key=weights.__getitem__, default="en") == "zh" else "en"


def problem(refusal: Refusal, language: Language = "en") -> tuple[dict[str, Any], int, dict[str, str]]:
    """Body, status and headers of a refusal."""
    status = STATUSES[refusal.code]
    body = {
        "type": f"urn:scan-to-login:problem:{refusal.code}",
        "title": title_of(refusal.code, language),
        "status": status,
        **_told(refusal, language),
    }
    headers = {"Content-Language": CONTENT_LANGUAGES[language], "Vary": "Accept-Language"}
    if "retry_after" in refusal.extra:
        headers["Retry-After"] = str(max(1, round(refusal.extra["retry_after"])))
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="scan-to-login"'
    return body, status, headers


def acknowledgement(refusal: Refusal, language: Language = "en") -> dict[str, Any]:
    """The same refusal as a Socket.IO acknowledgement: ``{error: {code, detail, ...}}``."""
    return {"error": _told(refusal, language)}


def _told(refusal: Refusal, language: Language) -> dict[str, Any]:
    extra = dict(refusal.extra)
    # What a refusal says of its own accord is English; the code's own detail is there in both languages.
    detail = (refusal.detail if language == "en" else "") or detail_of(refusal.code, language)
    if "errors" in extra:
        extra["errors"] = [_field(error, language) for error in extra["errors"]]
        if not refusal.detail and extra["errors"][0]["rule"] not in ABOUT_ANY_FIELD:
            detail = extra["errors"][0]["message"]
    detail = with_supplement(detail, refusal.code, extra, language)
    return {"code": refusal.code.value, "detail": detail, **extra}


def _field(error: Mapping[str, Any], language: Language) -> dict[str, Any]:
    message = sentence(language, f"field.{error['rule']}", **error["values"])
    return {"field": error["field"], "rule": error["rule"], "message": message, "values": error["values"]}
