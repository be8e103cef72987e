"""Routes of the protocols: metadata, keys, device authorization, tokens, userinfo, introspection, revocation."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from gateway.http.routes import Answer, Call, Fields, Handler, Raw, Router
from gateway.oauth.endpoints.introspection import Introspection
from gateway.oauth.endpoints.metadata import metadata
from gateway.oauth.endpoints.schemas import (
    BackchannelAuthenticationAnswer,
    BackchannelAuthenticationForm,
    DeviceAuthorizationAnswer,
    DeviceAuthorizationForm,
    Form,
    IntrospectionAnswer,
    KeySetAnswer,
    NoForm,
    OAuthErrorAnswer,
    TokenAnswer,
    TokenForm,
    TokenQuestionForm,
    UserInfoAnswer,
    UserInfoForm,
)
from gateway.oauth.errors import JSON_TYPE, OAuthError, invalid_token
from gateway.oauth.issuer import OAUTH_PATH, Issuer
from gateway.oauth.model import DEVICE_GRANT, scope_of
from gateway.oauth.signing_keys import SigningKeys
from gateway.oauth.tickets.backchannel_authentication import BackchannelAuthentication
from gateway.oauth.tickets.device_flow import DeviceFlow
from gateway.oauth.tokens import Tokens

if TYPE_CHECKING:
    from gateway.oauth.endpoints.server import Server

METADATA_PATHS: Final = (
    f"{OAUTH_PATH}/.well-known/openid-configuration",
    f"/.well-known/oauth-authorization-server{OAUTH_PATH}",
    "/.well-known/openid-configuration",
)
# Pages of every origin may call these: their routes answer preflights themselves.
OPEN_PATHS: Final = (f"{OAUTH_PATH}/", "/.well-known/")


def public_router(issuer: Issuer, signing_keys: SigningKeys, *, registration: bool, ciba: bool) -> Router:
    """The documents that every client reads first."""

    def oauth_metadata(call: Call, _fields: Fields | None) -> Raw:
        """The metadata of the issuer, at the address that the caller has called."""
        return _json(metadata(issuer.told_to(call.asked), registration=registration, ciba=ciba))

    def oauth_jwks(_call: Call, _fields: Fields | None) -> Raw:
        """The public keys of tokens."""
        return _answered(lambda: {"keys": signing_keys.public()})

    room = Router("oauth", "")
    add = _adding(room)
    for number, rule in enumerate(METADATA_PATHS):
        add("GET", rule, _named(oauth_metadata, f"oauth_metadata_{number}"), NoForm, JSON_TYPE)
    add("GET", f"{OAUTH_PATH}/jwks", oauth_jwks, NoForm, KeySetAnswer)
    return room


def router(
    make_server: Callable[[], Server],
    device_flow: DeviceFlow,
    backchannel: BackchannelAuthentication,
    introspection: Introspection,
    tokens: Tokens,
) -> Router:
    """The protocols' routes; ``make_server`` is asked at the first call that needs Authlib."""
    made: list[Server] = []

    def server() -> Server:
        if not made:
            made.append(make_server())
        return made[0]

    def device_authorization(call: Call, fields: Fields | None) -> Raw:
        """Begin a login on a device: a ticket for a registered client (RFC 8628)."""

        def begin() -> dict[str, Any]:
            client, form = server().client_of(call, fields)
            if not client.check_grant_type(DEVICE_GRANT):
                raise OAuthError("unauthorized_client", "This client is not registered for the device flow.")
            scope = scope_of(form.get("scope"))
            if scope is None:
                raise OAuthError("invalid_scope", "The scope has a word that the metadata does not list.")
            return device_flow.begin(client, scope, call.address, call.asked)

        return _answered(begin)

    def backchannel_authentication(call: Call, fields: Fields | None) -> Raw:
        """Ask the phones of a person for a login (OpenID Connect CIBA)."""

        def begin() -> dict[str, Any]:
            client, form = server().client_of(call, fields)
            return backchannel.begin(client, form, call.address, call.asked)

        return _answered(begin)

    def oauth_token(call: Call, fields: Fields | None) -> Raw:
        """Exchange a device code, an authorization code or a refresh token. `Prefer: wait=N` holds a device's poll."""
        return _answered(lambda: server().token(call, fields))

    def oauth_introspect(call: Call, fields: Fields | None) -> Raw:
        """What a token is, for clients with a secret."""

        def introspect() -> dict[str, Any]:
            client, form = server().client_of(call, fields)
            return introspection.introspect(client, form)

        return _answered(introspect)

    def oauth_revoke(call: Call, fields: Fields | None) -> Raw:
        """End the session of a token, and its refresh token with it."""

        def revoke() -> Raw:
            client, form = server().client_of(call, fields)
            introspection.revoke(client, form)
            return Raw(b"", JSON_TYPE)

        return _answered(revoke)

    def oauth_userinfo(call: Call, fields: Fields | None) -> Raw:
        """The person behind an access token, as far as its scope tells."""

        def read() -> dict[str, Any]:
            session, _, grant = tokens.session_of(_bearer(call, fields))
            if "openid" not in grant.access_scope.split():
                told = 'Bearer realm="scan-to-login", error="insufficient_scope", scope="openid"'
                raise OAuthError(
                    "insufficient_scope", "The token has no scope openid.", 403, {"WWW-Authenticate": told}
                )
            return tokens.claims(session, grant.access_scope)

        return _answered(read)

    def oauth_userinfo_post(call: Call, fields: Fields | None) -> Raw:
        """The same; the token may be in the form (RFC 6750 section 2.2)."""
        return oauth_userinfo(call, fields)

    room = Router("oauth", "")
    add = _adding(room)
    add("GET", f"{OAUTH_PATH}/userinfo", oauth_userinfo, NoForm, UserInfoAnswer)
    add(
        "POST",
        f"{OAUTH_PATH}/device_authorization",
        device_authorization,
        DeviceAuthorizationForm,
        DeviceAuthorizationAnswer,
    )
    add(
        "POST",
        f"{OAUTH_PATH}/bc-authorize",
        backchannel_authentication,
        BackchannelAuthenticationForm,
        BackchannelAuthenticationAnswer,
    )
    add("POST", f"{OAUTH_PATH}/token", oauth_token, TokenForm, TokenAnswer)
    add("POST", f"{OAUTH_PATH}/introspect", oauth_introspect, TokenQuestionForm, IntrospectionAnswer)
    add("POST", f"{OAUTH_PATH}/revoke", oauth_revoke, TokenQuestionForm, JSON_TYPE)
    add("POST", f"{OAUTH_PATH}/userinfo", oauth_userinfo_post, UserInfoForm, UserInfoAnswer)
    return room


def _adding(room: Router) -> Callable[..., None]:
    """Adds a route that any page may call, and that refuses in the words of OAuth."""

    def add(method: str, rule: str, handler: Handler, form: type[Form], returns: type[Answer] | str) -> None:
        room.add(method, rule, handler, form=form, returns=returns, cross_origin=True, errors=OAuthErrorAnswer)

    return add


def _answered(call: Callable[[], Any]) -> Raw:
    """What ``call`` returns as an answer, or its refusal as an error of OAuth."""
    from gateway.oauth.endpoints.server import refused

    def answer() -> Raw:
        body = call()
        return body if isinstance(body, Raw) else _json(body)

    return refused(answer)


def _json(body: Any) -> Raw:
    return Raw(json.dumps(body, ensure_ascii=False).encode(), JSON_TYPE)


def _named(handler: Callable[[Call, Fields | None], Raw], name: str) -> Callable[[Call, Fields | None], Raw]:
    """The handler under a name of its own, since each route's is its operation's id."""

    def named(call: Call, fields: Fields | None) -> Raw:
        return handler(call, fields)

    named.__name__, named.__doc__ = name, handler.__doc__
    return named


def _bearer(call: Call, fields: Fields | None) -> str:
    scheme, _, token = call.credential.partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    sent = [value for name, value in fields or [] if name == "access_token"] if not call.query else []
    if len(sent) == 1 and not call.credential:
        return sent[0]
    raise invalid_token("Send the access token in the header Authorization: Bearer.")
