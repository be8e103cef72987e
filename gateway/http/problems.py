"""Refusals as RFC 9457 problem documents: the one table of statuses, and the one place that makes them."""

from __future__ import annotations

from typing import Any

from gateway.foundation.errors import Refusal
from scan_to_login.protocol import Code

CONTENT_TYPE = "application/problem+json"

# code: (status, title, what to do; the detail where the refusal brings none)
PROBLEMS: dict[Code, tuple[int, str, str]] = {
    Code.MALFORMED_REQUEST: (400, "Malformed request", "The request is not well-formed; send a JSON object in UTF-8."),
    Code.INVALID_REQUEST: (422, "Invalid request", "The request has fields that do not fit; see `errors`."),
    Code.BODY_TOO_LARGE: (413, "Body too large", "Send less than 64 KiB."),
    Code.UNSUPPORTED_MEDIA_TYPE: (415, "Unsupported media type", "Send the body as `Content-Type: application/json`."),
    Code.METHOD_NOT_ALLOWED: (405, "Method not allowed", "Use one of the methods in the `Allow` header."),
    Code.NOT_FOUND: (404, "Not found", "There is nothing at this address; `/docs` lists what there is."),
    Code.ORIGIN_REFUSED: (403, "Origin refused", "Add this origin to PAIRING_ALLOWED_ORIGINS if it is yours."),
    Code.RATE_LIMITED: (429, "Too many requests", "Wait for `retry_after` seconds."),
    Code.SLOW_DOWN: (429, "Polling too fast", "Use `wait`, or leave `retry_after` seconds between polls."),
    Code.UNAVAILABLE: (503, "Temporarily unavailable", "Repeat the call shortly; it may have taken effect."),
    Code.NOT_ACKNOWLEDGED: (
        503, "Not acknowledged",
        "No replica of Redis acknowledges changes at the moment: this one may not survive a failover. Repeat it.",
    ),
    Code.INTERNAL_ERROR: (500, "Internal error", "The fault is the gateway's; its log has it under the request id."),
    Code.UNAUTHENTICATED: (401, "Not logged in", "Log in, and send `Authorization: Bearer <access_token>`."),
    Code.FORBIDDEN: (403, "Not allowed", "This session may not do this."),
    Code.TOO_MANY_TICKETS: (429, "Too many tickets", "Cancel or replace the tickets that wait, or wait a minute."),
    Code.TICKET_NOT_FOUND: (404, "No such ticket", "There is no ticket under this id and secret; request a new one."),
    Code.TICKET_EXPIRED: (410, "Ticket expired", "The ticket ran out; refresh the QR code to get a new one."),
    Code.TICKET_TAKEN: (409, "Ticket taken", "Another phone has scanned this ticket; refresh the QR code."),
    Code.TICKET_WRONG_STATE: (409, "Not now", "The ticket is in another state; the order is scan, confirm, claim."),
    Code.TICKET_NOT_CONFIRMED: (409, "Not confirmed", "Claim the ticket after its state is `confirmed`."),
    Code.TICKET_SPENT: (410, "Ticket spent", "This ticket has been claimed already; it logs in once."),
    Code.TICKET_REJECTED: (410, "Ticket rejected", "The login was rejected; refresh the QR code to try again."),
    Code.TICKET_CANCELLED: (410, "Ticket cancelled", "The client has cancelled or refreshed this ticket."),
    Code.OTP_TRIES_EXHAUSTED: (
        401, "Too many wrong one-time codes", "This phone is logged out: log in again, by POST /api/v1/app/sessions.",
    ),
    Code.OTP_INVALID: (403, "Wrong one-time code", "The code is wrong, too old, or was used before; use the next one."),
    Code.NUMBER_MISMATCH: (403, "Wrong number", "Enter the two digits that the client's screen shows."),
    Code.INVALID_CREDENTIALS: (
        401, "Wrong account or password",
        "The account or the password is wrong, or the account is locked after too many wrong ones.",
    ),
    Code.CAPTCHA_REQUIRED: (403, "Captcha required", "Get one from POST /api/v1/captchas and send its answer too."),
    Code.CAPTCHA_INVALID: (403, "Wrong captcha", "The captcha is wrong, used or too old; get another."),
    Code.ACCOUNT_LOCKED: (423, "Account locked", "Too many wrong passwords; wait, or reset the password."),
    Code.ACCOUNT_DISABLED: (403, "Account disabled", "This account may not log in; ask at the tax office's hall."),
    Code.CONSENT_REQUIRED: (403, "Consent required", "Nobody is registered without consent; send `consent: true`."),
    Code.REGISTRATION_CODE_INVALID: (403, "Wrong registration code", "Code, name and document do not fit together."),
    Code.REGISTRATION_CODE_EXPIRED: (410, "Registration code expired", "Ask for a new one at the tax office's hall."),
    Code.REGISTRATION_CODE_SPENT: (
        410, "Registration code spent", "The code was used, replaced, or tried too often; get a new one at the hall.",
    ),
    Code.REGISTRATION_NOT_FOUND: (404, "No such registration", "Begin again: POST /api/v1/registrations."),
    Code.REGISTRATION_EXPIRED: (410, "Registration expired", "Begin again, with the same registration code."),
    Code.RESET_NOT_FOUND: (404, "No such password reset", "Begin again: POST /api/v1/password-resets."),
    Code.RESET_EXPIRED: (410, "Password reset expired", "Begin again: POST /api/v1/password-resets."),
    Code.SMS_CODE_INVALID: (403, "Wrong SMS code", "Enter the code of the last message, or ask for a new one."),
    Code.SMS_CODE_EXPIRED: (410, "SMS code expired", "Ask for a new code."),
    Code.LOGIN_NAME_TAKEN: (409, "Login name taken", "Choose another login name."),
    Code.PHONE_TAKEN: (409, "Phone taken", "Another account has this phone; use another, or ask at the hall."),
    Code.DOCUMENT_TAKEN: (409, "Document registered", "This document has an account; log in, or reset the password."),
    Code.UNIT_VERIFICATION_REQUIRED: (403, "Unit not verified", "First POST /api/v1/units/{taxpayer_id}/verification."),
    Code.UNIT_NOT_FOUND: (404, "No such unit here", "This account is neither bound to nor authorized for that unit."),
    Code.UNIT_LOCKED: (423, "Unit locked", "Too many wrong declaration passwords; wait, or reset the password."),
    Code.UNIT_DEREGISTERED: (403, "Unit deregistered", "This unit is deregistered; ask at the tax office's hall."),
    Code.DECLARATION_PASSWORD_REQUIRED: (
        403, "Declaration password required", "Send `declaration_password`; no authorization is in force for it.",
    ),
    Code.UNIT_ABNORMAL: (403, "Unit abnormal", "The tax office lists this unit as abnormal; ask at its hall."),
    Code.UNIT_CREDENTIALS_INVALID: (
        403, "Wrong unit or declaration password", "Taxpayer number and declaration password do not fit together.",
    ),
    Code.DECLARATION_PASSWORD_INVALID: (403, "Wrong declaration password", "The declaration password is wrong."),
    Code.LEGACY_LOGIN_CLOSED: (
        403, "Login by unit closed", "Since the cut-over people log in: by QR, or with account and password.",
    ),
    Code.AUTHORIZATION_CLOSED: (403, "No authorizations yet", "Authorizations begin at the cut-over date."),
    Code.AUTHORIZATION_NOT_FOUND: (404, "No such authorization", "It has run out, was ended, or is not yours to see."),
    Code.AUTHORIZATION_EXISTS: (409, "Authorized already", "This person is authorized here; change that instead."),
    Code.AUTHORIZATION_LIMIT: (409, "Too many authorizations", "A unit authorizes 20 people; revoke one first."),
    Code.PERSON_NOT_FOUND: (404, "No such person", "Nobody is registered under this name and number; compare both."),
}  # fmt: skip


def status_of(code: Code) -> int:
    """HTTP status of a code."""
    return PROBLEMS[code][0]


def problem(refusal: Refusal) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Body, status and headers of a refusal."""
    status, title, advice = PROBLEMS[refusal.code]
    body = {
        "type": f"urn:scan-to-login:problem:{refusal.code}",
        "title": title,
        "status": status,
        "detail": refusal.detail or advice,
        "code": refusal.code.value,
        **refusal.extra,
    }
    headers = {}
    if "retry_after" in refusal.extra:
        headers["Retry-After"] = str(max(1, round(refusal.extra["retry_after"])))
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="scan-to-login"'
    return body, status, headers


def acknowledgement(refusal: Refusal) -> dict[str, Any]:
    """The same refusal as a Socket.IO acknowledgement: ``{error: {code, detail, ...}}``."""
    return {
        "error": {"code": refusal.code.value, "detail": refusal.detail or PROBLEMS[refusal.code][2], **refusal.extra}
    }
