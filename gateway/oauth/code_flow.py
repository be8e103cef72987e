"""The code flow (RFC 6749 section 4.1, OpenID Connect Core section 3.1): from a login in a browser to tokens."""

from __future__ import annotations

from typing import Any

from gateway.accounts.model import Session
from gateway.accounts.sessions import Sessions
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import random_id, random_token
from gateway.oauth.errors import invalid_grant
from gateway.oauth.granting import Granting
from gateway.oauth.model import Client
from gateway.oauth.store import AuthorizationCode, GrantStore
from gateway.oauth.tokens import Tokens
from gateway.units.service import UnitService
from scan_to_login.protocol import SessionKind


class CodeFlow:
    """Gives codes for the session of a browser, and tokens for codes."""

    def __init__(
        self, sessions: Sessions, units: UnitService, grants: GrantStore, granting: Granting, tokens: Tokens
    ) -> None:
        self._sessions = sessions
        self._units = units
        self._grants = grants
        self._granting = granting
        self._tokens = tokens

    def new_code(self, about: AuthorizationCode, browser: Session) -> str:
        """A code that a client can exchange once, while the browser's session lasts."""
        code = random_token()
        self._grants.add_code(code, about, browser.expires_at)
        return code

    def code(self, code: str) -> AuthorizationCode | None:
        """What a code was given for, used or not."""
        return self._grants.code(code)

    def exchange(
        self, client: Client, code: str, about: AuthorizationCode, address: str, issuer: str
    ) -> dict[str, Any]:
        """Tokens for a code. Raises OAuthError ``invalid_grant``; a second time it ends what the first has given."""
        grant_id = random_id()
        outcome, given = self._grants.spend_code(code, grant_id)
        if outcome == "spent":
            self._granting.end_by_id(given)
            raise invalid_grant("The code was used before: all that it has given has ended.")
        if outcome != "ok":
            raise invalid_grant("The code has expired.")
        browser = self._browser(about)
        token, session = self._granting.open_session(browser.account_id, address, client.client_id)
        self._units.hand_on(self._units.current(browser), session.digest, address)
        grant = self._granting.open(
            grant_id, client, session, about.scope, about.sid, int(about.auth_time), about.amr, issuer
        )
        return self._tokens.answer(client, token, session, grant_id, grant, about.nonce)

    def _browser(self, about: AuthorizationCode) -> Session:
        try:
            return self._sessions.in_force(about.session, SessionKind.CLIENT)
        except Refusal:
            raise invalid_grant("The login has ended; log in again.") from None
