"""Shapes of requests and answers, for the OpenAPI document; forms are read field by field (RFC 6749 appendix B)."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gateway.accounts.routes import AccountView, CaptchaField, Identifier, Password
from gateway.http.routes import Answer, Body, ClaimCode, absent
from gateway.pairing.ticket_requests import TicketId, TicketSecret
from gateway.units.schemas import DeclarationPassword, TaxpayerId, UnitView
from scan_to_login.protocol import OAuthGrantType


class Form(BaseModel):
    """Fields of a form. Those that are unknown are ignored (RFC 6749 section 3.1)."""

    model_config = ConfigDict(defer_build=True)


class ClientForm(Form):
    """A client that shows its secret in the form; Basic is the other way."""

    client_id: str | None = None
    client_secret: str | None = None


class DeviceAuthorizationForm(ClientForm):
    """A wish for a device code."""

    scope: str | None = None


class BackchannelAuthenticationForm(ClientForm):
    """A wish that the phones of a person be asked (OpenID Connect CIBA Core section 7.1)."""

    scope: str
    login_hint: str = Field(description="login name, phone number or ID number")
    binding_message: str = Field(description="the two digits that the client shows, and that the person enters")
    requested_expiry: str | None = Field(None, description="seconds")
    client_notification_token: str | None = Field(None, description="bearer token for ping and push")


class TokenForm(ClientForm):
    """What is exchanged for tokens."""

    grant_type: OAuthGrantType
    device_code: str | None = None
    auth_req_id: str | None = None
    claim_code: str | None = None
    code: str | None = None
    redirect_uri: str | None = None
    code_verifier: str | None = None
    refresh_token: str | None = None
    scope: str | None = None


class TokenQuestionForm(ClientForm):
    """A token, to ask about or to revoke."""

    token: str
    token_type_hint: str | None = None


class AuthorizeForm(Form):
    """An authorization request (OpenID Connect Core section 3.1.2.1)."""

    client_id: str
    response_type: str
    redirect_uri: str
    scope: str | None = None
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    response_mode: str | None = None
    prompt: str | None = None
    max_age: str | None = None
    login_hint: str | None = None
    id_token_hint: str | None = None
    acr_values: str | None = None
    ui_locales: str | None = None


class LogoutForm(Form):
    """A logout that a client asks for (OpenID Connect RP-Initiated Logout section 2)."""

    id_token_hint: str | None = None
    client_id: str | None = None
    post_logout_redirect_uri: str | None = None
    state: str | None = None


class UserInfoForm(Form):
    """The access token, where it is not in the header (RFC 6750 section 2.2)."""

    access_token: str | None = None


class NoForm(Form):
    """Nothing is sent."""


class OAuthErrorAnswer(Answer):
    """A refusal (RFC 6749 section 5.2)."""

    error: str
    error_description: str
    number: str | None = absent(description="the two digits that a device shows, where the phone needs them")
    claim_code_required: bool | None = absent(
        description="the phone has confirmed and shows digits: poll with them as `claim_code`"
    )
    claim_tries_left: int | None = absent()


class DeviceAuthorizationAnswer(Answer):
    """A device code, and what a person needs to confirm it (RFC 8628 section 3.2)."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str = Field(description="the text of the ticket's QR")
    expires_in: int
    interval: int


class BackchannelAuthenticationAnswer(Answer):
    """The request is under way (OpenID Connect CIBA Core section 7.3)."""

    auth_req_id: str
    expires_in: int
    interval: int | None = absent()


class TokenAnswer(Answer):
    """Tokens (RFC 6749 section 5.1)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: str | None = absent()
    id_token: str | None = absent()


class IntrospectionAnswer(Answer):
    """What a token is (RFC 7662 section 2.2)."""

    active: bool
    client_id: str | None = absent()
    scope: str | None = absent()
    sub: str | None = absent()
    username: str | None = absent()
    token_type: str | None = absent()
    exp: int | None = absent()
    iat: int | None = absent()
    iss: str | None = absent()
    aud: str | None = absent()
    sid: str | None = absent()
    acr: str | None = absent()


class UserInfoAnswer(Answer):
    """The person, as far as the token's scope tells (OpenID Connect Core section 5.3.2)."""

    sub: str
    name: str | None = absent()
    preferred_username: str | None = absent()
    phone_number: str | None = absent()
    phone_number_verified: bool | None = absent()
    stage: str | None = absent()
    unit: dict[str, Any] | None = absent()


class KeySetAnswer(Answer):
    """Public keys (RFC 7517 section 5)."""

    keys: list[dict[str, Any]]


class UserCodeBody(Body):
    """A user code, as a person types it."""

    user_code: Annotated[str, StringConstraints(min_length=1, max_length=32)]


class UserCodeAnswer(Answer):
    """The ticket that a user code stands for."""

    ticket_id: str


class StepBody(Body):
    """A step of the authorize page; `request` is the whole authorization request, as a query."""

    request: Annotated[str, StringConstraints(min_length=1, max_length=16_000)]


class TicketStepBody(StepBody):
    """A wish for a QR."""

    replaces: TicketSecret | None = None


class ClaimStepBody(StepBody):
    """A ticket that the phone has confirmed."""

    ticket_id: TicketId
    claim_secret: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    code: ClaimCode | None = None


class PasswordStepBody(StepBody):
    """A login by account and password."""

    identifier: Identifier
    password: Password
    captcha: CaptchaField | None = None


class UnitStepBody(StepBody):
    """A unit verification; `bind` is for a unit that the account is not bound to yet."""

    taxpayer_id: TaxpayerId
    declaration_password: DeclarationPassword | None = None
    captcha: CaptchaField | None = None
    bind: bool = False


class FormField(Answer):
    """A field that the browser posts to the client."""

    name: str
    value: str


class StepAnswer(Answer):
    """Where the browser goes next: to `location`, to it by a form with `fields`, or on to one of the `units`."""

    location: str | None = absent()
    fields: list[FormField] | None = absent()
    account: AccountView | None = absent()
    units: list[UnitView] | None = absent()
