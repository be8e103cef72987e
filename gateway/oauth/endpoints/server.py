"""The token endpoint and its neighbours on Authlib: clients are authenticated, grants are chosen, PKCE is checked.

Imported at the first call of OAuth, since Authlib takes a fifth of a second to load.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import DeviceCodeGrant

from gateway.foundation.errors import Refusal
from gateway.http.routes import Call, Fields, Raw
from gateway.oauth.client_store import ClientStore
from gateway.oauth.code_flow import CodeFlow
from gateway.oauth.errors import JSON_TYPE, OAuthError, error_of, invalid_grant, invalid_request
from gateway.oauth.granting import Granting
from gateway.oauth.issuer import Issuer
from gateway.oauth.model import AUTH_METHODS, CIBA_GRANT, GRANTS, Client, preferred_wait
from gateway.oauth.store import AuthorizationCode
from gateway.oauth.tickets.ticket_polls import TicketPolls
from gateway.oauth.tokens import Tokens
from scan_to_login.protocol import DeliveryMode
from scan_to_login.rules.typed import folded_number

METHODS: Final = list(AUTH_METHODS)
ENDPOINT: Final = "https://gateway/oauth/token"  # Authlib insists on https; what the gateway is reached by, TLS decides


class FormRequest(OAuth2Request):  # type: ignore[misc]
    """A form as Authlib takes it, with the call that brought it."""

    def __init__(self, call: Call, fields: dict[str, str]) -> None:
        authorization = call.headers.get("authorization", "")
        super().__init__("POST", ENDPOINT, headers={"Authorization": authorization} if authorization else {})
        self.payload = BasicOAuth2Payload(fields)
        self.fields = fields
        self.call = call

    @property
    def form(self) -> dict[str, str]:
        """The fields."""
        return self.fields


class Server(AuthorizationServer):  # type: ignore[misc]
    """What Authlib does not know: clients, and how each grant leads to a session."""

    def __init__(
        self,
        clients: ClientStore,
        polls: TicketPolls,
        code_flow: CodeFlow,
        granting: Granting,
        tokens: Tokens,
        issuer: Issuer,
    ) -> None:
        super().__init__()
        self._clients = clients
        self.polls = polls
        self.code_flow = code_flow
        self.granting = granting
        self.tokens = tokens
        self.issuer = issuer
        self.register_grant(DeviceGrant)
        self.register_grant(CibaGrant)
        self.register_grant(CodeGrant, [ProofKey(required=False)])
        self.register_grant(RefreshGrant)

    def query_client(self, client_id: str) -> Client | None:
        """The client with this id."""
        return self._clients.get(client_id)

    def send_signal(self, name: str, *arguments: Any, **named: Any) -> None:
        """Nobody listens to Authlib's signals."""

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        """The request is one already."""
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Raw:
        """The answer in the gateway's own form."""
        kept = {name: value for name, value in headers if name.lower() not in ("content-type", "cache-control")}
        return Raw(json.dumps(body, ensure_ascii=False).encode(), JSON_TYPE, kept, status)

    def handle_error_response(self, _request: FormRequest, error: OAuth2Error) -> Raw:
        """A refusal of Authlib's in the gateway's own form."""
        return _own(error).answer()

    def token(self, call: Call, fields: Fields | None) -> Raw:
        """The token endpoint."""
        request = form_request(call, fields)
        if "grant_type" not in request.fields:
            raise invalid_request("grant_type is missing.")
        if request.fields["grant_type"] not in GRANTS:
            raise OAuthError("unsupported_grant_type", "The metadata lists the grant types that there are.")
        answer: Raw = self.create_token_response(request)
        return answer

    def client_of(self, call: Call, fields: Fields | None) -> tuple[Client, dict[str, str]]:
        """The authenticated client of a form, and the form's fields. Raises OAuthError ``invalid_client``."""
        request = form_request(call, fields)
        try:
            return self.authenticate_client(request, METHODS), request.fields
        except OAuth2Error as error:
            raise _own(error) from None


def form_request(call: Call, fields: Fields | None) -> FormRequest:
    """A form, checked for what RFC 6749 forbids. Raises OAuthError ``invalid_request``, ``invalid_client``."""
    if fields is None:
        raise invalid_request("The body must be a form: application/x-www-form-urlencoded, in UTF-8, few fields.")
    if call.query:
        raise invalid_request("Parameters belong into the body, not into the address.")
    form = single(fields)
    basic = _basic(call.headers.get("authorization", ""))
    if basic is not None:
        if "client_secret" in form:
            raise invalid_request("Show the secret in the header or in the form, not in both.")
        if form.get("client_id", basic) != basic:
            raise invalid_request("The header and the form name different clients.")
    return FormRequest(call, form)


def single(fields: Fields) -> dict[str, str]:
    """Fields by name. Raises OAuthError ``invalid_request`` for one that is there twice, or holds U+0000."""
    form: dict[str, str] = {}
    for name, value in fields:
        if name in form:
            raise invalid_request("A parameter is there twice.")
        if "\0" in value or "\0" in name or not _is_text(name + value):
            raise invalid_request("A parameter is no text in UTF-8, or holds U+0000.")
        form[name] = value
    return {name: value for name, value in form.items() if value}  # RFC 6749 section 3.1: without a value, omitted


def _is_text(value: str) -> bool:
    return not any("\ud800" <= one <= "\udfff" for one in value)


def _basic(authorization: str) -> str | None:
    """The client id in a Basic header; None without one."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    refused = OAuthError("invalid_client", "The Basic header cannot be read.", 401, {"WWW-Authenticate": "Basic"})
    try:
        name, colon, _ = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise refused from None
    if not colon or "\0" in unquote_plus(name):
        raise refused
    return unquote_plus(name)


def _own(error: OAuth2Error) -> OAuthError:
    headers = {name: value for name, value in error.get_headers() if name == "WWW-Authenticate"}
    return OAuthError(error.error, error.get_error_description() or error.error, error.status_code, headers)


def refused(call: Callable[[], Raw]) -> Raw:
    """The answer of ``call``, or its refusal as an error of OAuth."""
    try:
        return call()
    except OAuthError as error:
        return error.answer()
    except OAuth2Error as error:
        return _own(error).answer()
    except Refusal as refusal:
        return error_of(refusal).answer()


class DeviceGrant(DeviceCodeGrant):  # type: ignore[misc]
    """RFC 8628: the grant of a ticket, by the code in the field ``CODE``."""

    CODE = "device_code"

    def validate_token_request(self) -> None:
        """Authenticate the client; the ticket decides the rest."""
        self.request.client = _client_of(self)
        if self.CODE not in self.request.form:
            raise invalid_request(f"{self.CODE} is missing.")

    def create_token_response(self) -> tuple[int, Any, Any]:
        """Answer a poll."""
        server: Server = self.server
        call: Call = self.request.call
        client: Client = self.request.client
        wait = preferred_wait(call.headers.get("prefer", ""))
        code, issuer = self.request.form[self.CODE], server.issuer.told_to(call.asked)
        typed = folded_number(self.request.form.get("claim_code", ""))
        found = server.polls.poll(client, self.GRANT_TYPE, code, call.address, issuer, wait, typed)
        token, session, grant_id, grant = found
        answer = server.tokens.answer(client, token, session, grant_id, grant)
        return 200, answer, [("Preference-Applied", f"wait={wait}")] if wait else []


class CibaGrant(DeviceGrant):
    """OpenID Connect CIBA Core section 10.1: the same for a person whom the client has named."""

    GRANT_TYPE = CIBA_GRANT
    CODE = "auth_req_id"

    def validate_token_request(self) -> None:
        """As of a device; a client that is sent its tokens asks for none (section 11)."""
        super().validate_token_request()
        if self.request.client.backchannel_token_delivery_mode == DeliveryMode.PUSH:
            raise OAuthError("unauthorized_client", "This client is sent its tokens: it is registered for push.")


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """RFC 6749 section 4.1: the grant of a login in a browser."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def query_authorization_code(self, code: str, client: Client) -> Asked:
        """What the code was given for; Authlib compares redirect URI and PKCE with it."""
        server: Server = self.server
        found = server.code_flow.code(code)
        if found is None or found.client_id != client.client_id:
            raise invalid_grant("The code is unknown, or another client's.")
        if "redirect_uri" not in self.request.form:
            raise invalid_request("redirect_uri is missing: send the one of the authorization request.")
        if found.redirect_uri != self.request.form["redirect_uri"]:
            raise invalid_grant("The redirect_uri is not that of the authorization request.")
        return Asked(found)

    def create_token_response(self) -> tuple[int, Any, Any]:
        """Exchange the code, once."""
        server: Server = self.server
        call: Call = self.request.call
        client, code, about = self.request.client, self.request.form["code"], self.request.authorization_code.about
        answer = server.code_flow.exchange(client, code, about, call.address, server.issuer.told_to(call.asked))
        return 200, answer, []


class Asked:
    """A code as Authlib asks for it."""

    def __init__(self, about: AuthorizationCode) -> None:
        self.about = about
        self.code_challenge = about.code_challenge
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        """Where the code was sent."""
        return self.about.redirect_uri

    def get_scope(self) -> str:
        """What it was given for."""
        return self.about.scope


class ProofKey(CodeChallenge):  # type: ignore[misc]
    """PKCE, with S256 alone (RFC 9700 section 2.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    """RFC 6749 section 6: the next generation of a grant."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def validate_token_request(self) -> None:
        """Authenticate the client; the grant decides the rest."""
        self.request.client = _client_of(self)
        if "refresh_token" not in self.request.form:
            raise invalid_request("refresh_token is missing.")

    def create_token_response(self) -> tuple[int, Any, Any]:
        """Rotate the refresh token."""
        server: Server = self.server
        form, client = self.request.form, self.request.client
        token, session, grant_id, grant = server.granting.refresh(
            client, form["refresh_token"], form.get("scope"), self.request.call.address
        )
        return 200, server.tokens.answer(client, token, session, grant_id, grant), []


def _client_of(grant: Any) -> Client:
    """The authenticated client, if it may use the grant."""
    client: Client = grant.authenticate_token_endpoint_client()
    if not client.check_grant_type(grant.GRANT_TYPE):
        raise OAuthError("unauthorized_client", "This client is not registered for this grant_type.")
    return client
