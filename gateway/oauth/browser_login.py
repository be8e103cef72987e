"""A login in a browser for a registered client: by a ticket or a password, then perhaps a unit, then a code.

The browser's own session is one of the gateway's; its token stays in a cookie that no script reads.
"""

from __future__ import annotations

import json
from typing import Any, Final

from gateway.accounts.model import Session
from gateway.accounts.service import AccountService
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import digest
from gateway.oauth.authorization_request import AuthorizationRequest, Reply
from gateway.oauth.code_flow import CodeFlow
from gateway.oauth.model import AMR_PASSWORD, AMR_SCAN
from gateway.oauth.store import AuthorizationCode
from gateway.oauth.tickets.ticket_polls import CLAIM_KEY
from gateway.pairing.service import PairingService
from gateway.pairing.store import Registered
from gateway.throttling.captchas import CaptchaAnswer
from gateway.units.client_session import ClientSession
from gateway.units.model import UnitAccess
from gateway.units.service import UnitService
from scan_to_login.protocol import ClientInfo, Code, SessionKind, Stage

FRESH_MS: Final = 600_000  # so long a login that was asked for anew may take, its unit verification included


class BrowserLogin:
    """What the authorize page calls, step by step; each step brings the whole request again."""

    def __init__(
        self,
        clock: Clock,
        pairing: PairingService,
        identity: AccountService,
        units: UnitService,
        code_flow: CodeFlow,
    ) -> None:
        self._clock = clock
        self._pairing = pairing
        self._identity = identity
        self._units = units
        self._code_flow = code_flow

    def at_once(self, request: AuthorizationRequest, token: str) -> Reply | None:
        """The reply without anybody's doing: for a login that is there already, or for ``prompt=none``."""
        current = self._current(token)
        error = ""
        if current is None or request.fresh or self._too_old(request, current.session):
            error = "login_required"
        elif request.needs_unit and current.stage is not Stage.UNIT_VERIFIED:
            error = "interaction_required"
        elif current is not None:
            return self._code(request, current.session)
        if "none" in request.prompts:
            return request.reply(error=error, error_description="A person has to act, and may not.")
        return None

    def continues(self, request: AuthorizationRequest, token: str) -> ClientSession | None:
        """The login that this request only steps up, by a unit verification (RFC 9470)."""
        current = self._current(token)
        if current is None or request.fresh or self._too_old(request, current.session):
            return None
        return current

    def issue_ticket(
        self, request: AuthorizationRequest, browser: str, address: str, asked: str, replaces: tuple[str, str] | None
    ) -> dict[str, Any]:
        """A ticket for this client, bound to this browser, which has called the address ``asked``."""
        host = request.redirect_uri.split("/")[2] if "://" in request.redirect_uri else request.client.client_id
        told = ClientInfo(name=request.client.name, version="OAuth 2.0", device=host[:64])
        registered = Registered(
            _asked(request, browser), verified=False, whole_life=False, client_id=request.client.client_id
        )
        return self._pairing.issue_ticket(told, address, asked, replaces, registered=registered)

    def by_ticket(
        self, request: AuthorizationRequest, browser: str, ticket_id: str, secret: str, address: str, code: str
    ) -> tuple[str, Session]:
        """Token and session of a confirmed ticket. Raises ``ticket_not_found`` for another request's or browser's."""
        if self._pairing.asked_for(ticket_id, secret) != _asked(request, browser):
            raise Refusal(Code.TICKET_NOT_FOUND)
        token, _ = self._pairing.exchange_for_token(ticket_id, secret, CLAIM_KEY, address, code)
        return token, self._identity.session_of(token, SessionKind.CLIENT)

    def by_password(
        self, request: AuthorizationRequest, identifier: str, password: str, address: str, captcha: CaptchaAnswer | None
    ) -> tuple[str, Session]:
        """Token and session of a login by password. Raises like :meth:`AccountService.login_client`."""
        login = self._identity.login_client(identifier, password, request.client.client_id, address, captcha)
        return login.token, login.session

    def verify_unit(
        self,
        request: AuthorizationRequest,
        token: str,
        taxpayer_id: str,
        password: str | None,
        captcha: CaptchaAnswer | None,
        address: str,
        *,
        bind: bool,
    ) -> Session:
        """The browser's session after its unit verification. Raises like :class:`UnitService`."""
        session = self._identity.session_of(token, SessionKind.CLIENT)
        if request.fresh and self._clock.now_ms() - session.created_at > FRESH_MS:
            raise Refusal(Code.UNAUTHENTICATED)
        if bind:
            self._units.bind(token, taxpayer_id, password or "", captcha, address)
        else:
            self._units.verify(token, taxpayer_id, password, captcha, address)
        return self._identity.session_of(token, SessionKind.CLIENT)

    def next(self, request: AuthorizationRequest, session: Session) -> Reply | list[UnitAccess]:
        """The reply with a code, or the units of whom one is to be verified first."""
        if request.needs_unit and self._units.current(session).stage is not Stage.UNIT_VERIFIED:
            return self._units.units_of(session.account_id)
        return self._code(request, session)

    def session_of(self, token: str) -> Session | None:
        """The browser's session in force."""
        current = self._current(token)
        return current.session if current else None

    def _code(self, request: AuthorizationRequest, session: Session) -> Reply:
        about = AuthorizationCode(
            request.client.client_id,
            request.redirect_uri,
            request.scope,
            request.nonce,
            request.code_challenge,
            session.digest,
            session.session_id,
            str(session.created_at // 1000),
            " ".join(AMR_SCAN if session.ticket_id else AMR_PASSWORD),
        )
        return request.reply(code=self._code_flow.new_code(about, session))

    def _current(self, token: str) -> ClientSession | None:
        if not token:
            return None
        try:
            return self._units.session(token)
        except Refusal as refusal:
            if refusal.code in (Code.UNAUTHENTICATED, Code.FORBIDDEN):
                return None
            raise

    def _too_old(self, request: AuthorizationRequest, session: Session) -> bool:
        age = self._clock.now_ms() - session.created_at
        return request.max_age is not None and age > request.max_age * 1000


def _asked(request: AuthorizationRequest, browser: str) -> str:
    asked = {"client_id": request.client.client_id, "redirect_uri": request.redirect_uri, "browser": digest(browser)}
    return json.dumps(asked)
