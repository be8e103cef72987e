"""Introspection (RFC 7662) and revocation (RFC 7009) of tokens."""

from __future__ import annotations

from typing import Any

from gateway.oauth.errors import OAuthError, invalid_request
from gateway.oauth.granting import Granting
from gateway.oauth.issuer import audience_of
from gateway.oauth.model import Client
from gateway.oauth.store import Grant, GrantStore
from gateway.oauth.tokens import Tokens


class Introspection:
    """Says what a token is, and ends what it belongs to."""

    def __init__(self, grants: GrantStore, granting: Granting, tokens: Tokens) -> None:
        self._grants = grants
        self._granting = granting
        self._tokens = tokens

    def introspect(self, client: Client, fields: dict[str, str]) -> dict[str, Any]:
        """What a token of any client is. Raises OAuthError ``invalid_client`` for a public client."""
        if not client.confidential:
            raise OAuthError("invalid_client", "Introspection is for clients with a secret.", 401)
        token = _token(fields)
        try:
            session, _, grant = self._tokens.session_of(token)
        except OAuthError:
            return self._refresh_token(token)
        return {
            **self._common(grant, grant.access_scope),
            "token_type": "Bearer",
            "username": session.login_name,
            "iat": session.created_at // 1000,
            "exp": session.expires_at // 1000,
            "acr": self._tokens.acr(session),
        }

    def revoke(self, client: Client, fields: dict[str, str]) -> None:
        """End the grant of an access or refresh token; an unknown one is revoked already (RFC 7009 section 2.2)."""
        found = self._found(_token(fields))
        if found is None:
            return
        grant_id, grant = found
        if grant.client_id != client.client_id:
            raise OAuthError("invalid_grant", "The token is another client's.")
        self._granting.end(grant_id, grant)

    def _found(self, token: str) -> tuple[str, Grant] | None:
        try:
            _, grant_id, grant = self._tokens.session_of(token)
        except OAuthError:
            named = self._tokens.grant_of_refresh_token(token)
            known = self._grants.grant(named[0]) if named else None
            return (named[0], known) if named and known else None
        return grant_id, grant

    def _refresh_token(self, token: str) -> dict[str, Any]:
        named = self._tokens.grant_of_refresh_token(token)
        grant = self._grants.grant(named[0]) if named else None
        if named is None or grant is None or grant.generation != named[1]:
            return {"active": False}
        return {**self._common(grant, grant.scope), "exp": int(grant.expires_at) // 1000}

    @staticmethod
    def _common(grant: Grant, scope: str) -> dict[str, Any]:
        return {
            "active": True,
            "client_id": grant.client_id,
            "sub": grant.account_id,
            "scope": scope,
            "sid": grant.sid,
            "iss": grant.issuer,
            "aud": audience_of(grant.issuer),
        }


def _token(fields: dict[str, str]) -> str:
    token = fields.get("token")
    if token is None:
        raise invalid_request("token is missing.")
    return token
