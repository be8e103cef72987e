"""Tokens: what a client gets for a session, and the session of a token that comes back."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.accounts.model import Session
from gateway.accounts.sessions import Sessions
from gateway.accounts.store import AccountStore
from gateway.config import Settings
from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import ServerKey, digest
from gateway.oauth.errors import invalid_token
from gateway.oauth.issuer import Issuer, audience_of
from gateway.oauth.model import LOGGED_IN, REFRESH_GRANT, UNIT_VERIFIED, Client
from gateway.oauth.signing_keys import SigningKeys
from gateway.oauth.store import Grant, GrantStore
from gateway.units.service import UnitService
from scan_to_login.protocol import AccessTokenFormat, SessionKind, Stage

_REFRESH: Final = re.compile(r"([A-Za-z0-9_-]{22})\.(\d{1,9})\.([A-Za-z0-9_-]{43})\Z")
LONGEST_TOKEN: Final = 4096
_CIBA_CLAIM: Final = "urn:openid:params:jwt:claim:"
ACCESS_TOKEN_TYPE: Final = "at+jwt"  # RFC 9068 section 2.1


@dataclass(slots=True)
class Distortion:
    """How the simulation spoils an id_token; nothing by default."""

    claims: dict[str, Any] = field(default_factory=dict)
    corrupt: bool = False


def no_distortion(_now_ms: int) -> Distortion:
    """Without the simulation id_tokens are right."""
    return Distortion()


class Tokens:
    """Makes and reads tokens. All moments in them are the gateway's clock's, in seconds."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        issuer: Issuer,
        grants: GrantStore,
        signing_keys: SigningKeys,
        sessions: Sessions,
        units: UnitService,
        accounts: AccountStore,
        server_key: ServerKey,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._issuer = issuer
        self._grants = grants
        self._signing_keys = signing_keys
        self._sessions = sessions
        self._units = units
        self._accounts = accounts
        self._server_key = server_key
        self.distortion: Callable[[int], Distortion] = no_distortion

    def answer(
        self,
        client: Client,
        token: str,
        session: Session,
        grant_id: str,
        grant: Grant,
        nonce: str = "",
        auth_req_id: str = "",
    ) -> dict[str, Any]:
        """The token endpoint's answer (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).

        ``auth_req_id`` is that of a push, whose id_token is bound to it (OpenID Connect CIBA Core section 10.3.1).
        """
        now = self._clock.now_ms()
        access_token = self._access_token(client, token, session, grant)
        answer: dict[str, Any] = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": max((session.expires_at - now) // 1000, 0),
            "scope": grant.access_scope,
        }
        if client.check_grant_type(REFRESH_GRANT):
            answer["refresh_token"] = self.refresh_token(grant_id, int(grant.generation))
        if "openid" in grant.access_scope.split():
            more = {"nonce": nonce} if nonce else {}
            if auth_req_id:
                more[f"{_CIBA_CLAIM}auth_req_id"] = auth_req_id
                if "refresh_token" in answer:
                    more[f"{_CIBA_CLAIM}rt_hash"] = _half_hash(answer["refresh_token"])
            answer["id_token"] = self._id_token(client, access_token, session, grant, more)
        return answer

    def refresh_token(self, grant_id: str, generation: int) -> str:
        """The refresh token of a grant's generation: derived, so that nothing keeps it."""
        return f"{grant_id}.{generation}.{self._server_key.token('oauth-refresh', grant_id, str(generation))}"

    def grant_of_refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """Grant id and generation in a refresh token of this gateway; None for any other text."""
        found = _REFRESH.match(refresh_token)
        if found is None:
            return None
        grant_id, generation, code = found.groups()
        for key in self._server_key.in_force:
            if key.token("oauth-refresh", grant_id, generation) == code:
                return grant_id, generation
        return None

    def session_of(self, access_token: str) -> tuple[Session, str, Grant]:
        """The session that an access token of a registered client opens, its grant's id, and the grant.

        Raises OAuthError ``invalid_token``, also once the session has ended; Refusal ``unavailable``.
        """
        hashed = self._digest_of(access_token)
        if hashed:
            with suppress(Refusal):
                session = self._sessions.in_force(hashed, SessionKind.CLIENT)
                found = self._grants.of_session(hashed)
                if found is not None:
                    return session, *found
        raise invalid_token("The access token is unknown, expired or ended.")

    def claims(self, session: Session, scope: str) -> dict[str, Any]:
        """What the scope tells of the person (OpenID Connect Core section 5.4)."""
        words = scope.split()
        claims: dict[str, Any] = {"sub": session.account_id}
        account = self._accounts.get(session.account_id) if {"profile", "phone"} & set(words) else None
        if account and "profile" in words:
            claims |= {"name": account.name, "preferred_username": account.login_name}
        if account and "phone" in words:
            claims |= {"phone_number": f"+86{account.phone}", "phone_number_verified": True}
        if "unit" in words:
            current = self._units.current(session)
            claims["stage"] = current.stage.value
            if current.unit is not None:
                unit = current.unit
                claims["unit"] = {
                    "taxpayer_id": unit.taxpayer_id,
                    "name": unit.name,
                    "roles": [str(role) for role in unit.roles],
                }
        return claims

    def acr(self, session: Session) -> str:
        """How far this session has come."""
        return UNIT_VERIFIED if self._units.current(session).stage is Stage.UNIT_VERIFIED else LOGGED_IN

    def _id_token(self, client: Client, access_token: str, session: Session, grant: Grant, more: dict[str, str]) -> str:
        now = self._clock.now_ms()
        distortion = self.distortion(now)
        claims = {
            "iss": grant.issuer,
            "aud": client.client_id,
            "iat": now // 1000,
            "exp": now // 1000 + self._settings.oauth_id_token_seconds,
            "auth_time": int(grant.auth_time),
            "amr": grant.amr.split(),
            "acr": self.acr(session),
            "sid": grant.sid,
            "at_hash": _half_hash(access_token),
            **self.claims(session, grant.access_scope),
            **more,
            **distortion.claims,
        }
        return self._signing_keys.sign(claims, client.id_token_signed_response_alg, corrupt=distortion.corrupt)

    def _access_token(self, client: Client, token: str, session: Session, grant: Grant) -> str:
        if client.access_token_format != AccessTokenFormat.JWT:
            return token
        claims = {
            "iss": grant.issuer,
            "aud": audience_of(grant.issuer),
            "sub": session.account_id,
            "client_id": client.client_id,
            "iat": self._clock.now_ms() // 1000,
            "exp": session.expires_at // 1000,
            "jti": session.digest,  # leads back to the session, and opens nothing
            "scope": grant.access_scope,
            "auth_time": int(grant.auth_time),
            "amr": grant.amr.split(),
            "acr": self.acr(session),
            "sid": grant.sid,
        }
        return self._signing_keys.sign(claims, client.id_token_signed_response_alg, typ=ACCESS_TOKEN_TYPE)

    def _digest_of(self, access_token: str) -> str:
        """The digest of the session that a token names; empty for none."""
        if not access_token or len(access_token) > LONGEST_TOKEN or not access_token.isascii():
            return ""
        if access_token.count(".") != 2:
            return digest(access_token)
        claims = self._signing_keys.verified(access_token, ACCESS_TOKEN_TYPE)
        if claims is None or not self._issuer.is_own(claims.get("iss")):
            return ""
        named = claims.get("jti")
        return named if isinstance(named, str) and re.fullmatch(r"[0-9a-f]{64}", named) else ""


def _half_hash(token: str) -> str:
    """The left half of a token's SHA-256, as an id_token has it (OpenID Connect Core section 3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).decode().rstrip("=")
