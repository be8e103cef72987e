"""Refusals of OAuth: the errors of RFC 6749 and its successors, and what the gateway's own refusals become."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from gateway.foundation.errors import Refusal
from gateway.http.response_defaults import count_refusal
from gateway.http.routes import Raw
from scan_to_login.protocol import Code

JSON_TYPE: Final = "application/json"


class OAuthError(Exception):
    """A refused request: ``error`` is a word of an RFC, ``description`` says in ASCII what to do about it."""

    def __init__(
        self,
        error: str,
        description: str,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ):
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status
        self.headers = headers or {}
        self.more = more or {}  # members beside those of RFC 6749

    def answer(self) -> Raw:
        """The error as a client gets it (RFC 6749 section 5.2), counted."""
        count_refusal(self.error)
        body = {"error": self.error, "error_description": self.description, **self.more}
        return Raw(json.dumps(body).encode(), JSON_TYPE, self.headers, self.status)


def invalid_request(description: str) -> OAuthError:
    """The request is not in its form."""
    return OAuthError("invalid_request", description)


def invalid_grant(description: str) -> OAuthError:
    """Code, device code or refresh token: none, spent, over, or another client's."""
    return OAuthError("invalid_grant", description)


def error_of(refusal: Refusal) -> OAuthError:
    """A refusal of the gateway's as an error of OAuth."""
    headers = {}
    if "retry_after" in refusal.extra:
        headers["Retry-After"] = str(max(1, round(refusal.extra["retry_after"])))
    if refusal.code in (Code.UNAVAILABLE, Code.NOT_ACKNOWLEDGED):
        return OAuthError("temporarily_unavailable", "The gateway cannot answer now; try again.", 503, headers)
    if refusal.code in (Code.RATE_LIMITED, Code.TOO_MANY_TICKETS, Code.SLOW_DOWN):
        return OAuthError("temporarily_unavailable", "Too many requests; wait and try again.", 429, headers)
    if refusal.code in (Code.TICKET_REJECTED, Code.ACCOUNT_DISABLED):
        return OAuthError("access_denied", "The login was rejected on the phone.")
    if refusal.code is Code.LOGIN_UNAVAILABLE:
        return OAuthError("access_denied", "Login by QR is switched off for this client or account.")
    if refusal.code in (Code.TICKET_EXPIRED, Code.TICKET_CANCELLED):
        return OAuthError("expired_token", "The login was not confirmed in time; begin again.")
    if refusal.code is Code.TICKET_NOT_CONFIRMED:
        return OAuthError("authorization_pending", "Nobody has confirmed the login yet; poll again.")
    if refusal.code in (Code.CLAIM_CODE_REQUIRED, Code.CLAIM_CODE_INVALID):
        told = "The phone has confirmed: poll with its six digits as claim_code."
        if refusal.code is Code.CLAIM_CODE_INVALID:
            told = "The claim_code is wrong: poll again with the six digits that the phone shows."
        left = {name: refusal.extra[name] for name in ("claim_tries_left",) if name in refusal.extra}
        return OAuthError("authorization_pending", told, more={"claim_code_required": True, **left})
    if refusal.code in (Code.UNAUTHENTICATED, Code.FORBIDDEN):
        return invalid_token("The token is unknown, expired or ended.")
    if refusal.code is Code.INTERNAL_ERROR:
        return OAuthError("server_error", "The gateway has failed; its log says why.", 500)
    return invalid_grant("The code is unknown, used, or another client's.")


def invalid_token(description: str) -> OAuthError:
    """A bearer token that does not open the resource (RFC 6750 section 3.1)."""
    told = f'Bearer realm="scan-to-login", error="invalid_token", error_description="{description}"'
    return OAuthError("invalid_token", description, 401, {"WWW-Authenticate": told})
