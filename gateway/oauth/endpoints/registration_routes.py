"""Dynamic registration of clients (RFC 7591), for the simulation alone: anybody may register."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints

from gateway.foundation.clock import Clock
from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import random_id, random_token
from gateway.http.labels import checked_label
from gateway.http.routes import Answer, Body, Call, Raw, Router, absent
from gateway.oauth.client_store import ClientStore
from gateway.oauth.endpoints.schemas import OAuthErrorAnswer
from gateway.oauth.errors import OAuthError, error_of
from gateway.oauth.issuer import OAUTH_PATH
from gateway.oauth.model import AuthMethod
from scan_to_login.field_rules import RuleBroken
from scan_to_login.protocol import Code, DeliveryMode, OAuthGrantType, SigningAlgorithm
from scan_to_login.seed import LogoutUri, SeedClient, Uri

REGISTRATION_PATH: Final = f"{OAUTH_PATH}/register"
_FORM_CODES: Final = (Code.INVALID_REQUEST, Code.MALFORMED_REQUEST, Code.UNSUPPORTED_MEDIA_TYPE)


class ClientRegistrationBody(Body):
    """Metadata of a client; what is not named here is ignored (RFC 7591 section 2)."""

    model_config = ConfigDict(extra="ignore", strict=False, str_max_length=2000)

    redirect_uris: list[Uri] = Field([], max_length=64)
    token_endpoint_auth_method: AuthMethod = "client_secret_basic"
    grant_types: list[OAuthGrantType] = Field([OAuthGrantType.AUTHORIZATION_CODE])
    response_types: list[Literal["code"]] = Field(["code"])
    client_name: Annotated[str, StringConstraints(max_length=64)] = ""
    post_logout_redirect_uris: list[Uri] = Field([], max_length=64)
    backchannel_logout_uri: LogoutUri | None = None
    backchannel_token_delivery_mode: DeliveryMode = DeliveryMode.POLL
    backchannel_client_notification_endpoint: LogoutUri | None = None
    id_token_signed_response_alg: SigningAlgorithm = SigningAlgorithm.RS256


class RegistrationAnswer(Answer):
    """A registered client (RFC 7591 section 3.2.1)."""

    client_id: str
    client_secret: str | None = absent(description="where it has to show one")
    client_id_issued_at: int
    client_secret_expires_at: int | None = absent(description="0: never")
    client_name: str
    redirect_uris: list[str]
    token_endpoint_auth_method: str
    grant_types: list[str]
    response_types: list[str]
    post_logout_redirect_uris: list[str]
    backchannel_logout_uri: str | None = absent()
    backchannel_token_delivery_mode: DeliveryMode
    backchannel_client_notification_endpoint: str | None = absent()
    id_token_signed_response_alg: str


def router(clients: ClientStore, clock: Clock) -> Router:
    """The route."""

    def oauth_register(_call: Call, body: ClientRegistrationBody) -> RegistrationAnswer:
        """Register a client at run time. With the simulation alone."""
        if OAuthGrantType.AUTHORIZATION_CODE in body.grant_types and not body.redirect_uris:
            raise _invalid("redirect_uris", "The code flow needs redirect_uris.")
        notified = body.backchannel_token_delivery_mode is not DeliveryMode.POLL
        if notified and not body.backchannel_client_notification_endpoint:
            raise _invalid("backchannel_client_notification_endpoint", "Ping and push need a notification endpoint.")
        try:
            name = checked_label(body.client_name) if body.client_name else ""
        except RuleBroken:
            raise _invalid("client_name", "The client_name has a character that cannot be seen.") from None
        client_id = random_id()
        secret = "" if body.token_endpoint_auth_method == "none" else random_token()
        clients.put(
            SeedClient(
                client_id=client_id,
                name=name,
                secret=secret,
                redirect_uris=tuple(body.redirect_uris),
                post_logout_redirect_uris=tuple(body.post_logout_redirect_uris),
                backchannel_logout_uri=body.backchannel_logout_uri or "",
                backchannel_token_delivery_mode=body.backchannel_token_delivery_mode,
                backchannel_client_notification_endpoint=body.backchannel_client_notification_endpoint or "",
                grant_types=tuple(body.grant_types),
                id_token_signed_response_alg=body.id_token_signed_response_alg,
            )
        )
        return RegistrationAnswer(
            **{**body.model_dump(mode="json"), "client_name": name or client_id},
            client_id=client_id,
            client_secret=secret or None,
            client_id_issued_at=clock.now_ms() // 1000,
            client_secret_expires_at=0 if secret else None,
        )

    room = Router("oauth", "")
    room.add(
        "POST",
        REGISTRATION_PATH,
        oauth_register,
        body=ClientRegistrationBody,
        returns=RegistrationAnswer,
        status=201,
        cross_origin=True,
        errors=OAuthErrorAnswer,
        refused=_refused,
    )
    return room


def _invalid(field: str, sentence: str) -> Refusal:
    return Refusal(Code.INVALID_REQUEST, sentence, errors=[{"field": field}])


def _refused(refusal: Refusal) -> Raw:
    """A refusal in the words of RFC 7591 section 3.2.2."""
    if refusal.code not in _FORM_CODES:
        return error_of(refusal).answer()
    fields = [str(error["field"]).partition(".")[0] for error in refusal.extra.get("errors", [])]
    if "redirect_uris" in fields:
        told = "A redirect URI is absolute, in ASCII, without fragment and login; the code flow needs one."
        return OAuthError("invalid_redirect_uri", told).answer()
    told = f"Not as the document says: {', '.join(sorted(set(fields)))}." if fields else "Send a JSON object."
    return OAuthError("invalid_client_metadata", told.encode("ascii", "replace").decode()).answer()
