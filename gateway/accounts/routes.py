"""Routes of the phone's session, and shapes that all sessions share."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from gateway.accounts.model import Session
from gateway.accounts.service import AccountService
from gateway.foundation.clock import Clock
from gateway.http.labels import checked_label
from gateway.http.routes import Answer, Auth, Body, Call, Router
from gateway.throttling.captchas import CaptchaAnswer
from scan_to_login.protocol import API_PREFIX, Code, IdType, SessionKind

Label = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(checked_label),
]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class DeviceInfo(Body):
    """The phone itself."""

    name: Label
    model: Label


class CaptchaField(Body):
    """The answer to a captcha; required after a wrong password."""

    captcha_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    answer: Annotated[str, StringConstraints(min_length=1, max_length=16)]


class PhoneLoginBody(Body):
    """A login on the phone: phone number, login name or resident ID number, and the password."""

    identifier: Identifier
    password: Password
    device: DeviceInfo
    captcha: CaptchaField | None = None


class AccountView(Answer):
    """An account, masked, for programs of its owner."""

    account_id: str
    login_name: str
    display_name: str
    id_type: IdType


class OwnAccountView(AccountView):
    """The same for the owner's own phone, with the name in full."""

    name: str


class PhoneLoginAnswer(Answer):
    """A phone's session. `otp_secret` is base32 for TOTP (SHA-1, 6 digits, 30 s) by the gateway's clock."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
    server_time: int = Field(description="milliseconds of the gateway's clock")
    device_id: str
    otp_secret: str
    account: OwnAccountView


class EnrolledDevice(Answer):
    """The device of a phone's session."""

    device_id: str
    name: str
    model: str


class PhoneSessionView(Answer):
    """A phone's session."""

    account: AccountView
    device: EnrolledDevice
    created_at: int
    expires_at: int
    server_time: int


LOGIN_CODES = (
    Code.INVALID_CREDENTIALS,
    Code.CAPTCHA_REQUIRED,
    Code.CAPTCHA_INVALID,
    Code.ACCOUNT_LOCKED,
    Code.ACCOUNT_DISABLED,
)


def captcha_of(field: CaptchaField | None) -> CaptchaAnswer | None:
    """The captcha in a request's body, if there is one."""
    return None if field is None else CaptchaAnswer(field.captcha_id, field.answer)


def account_view(session: Session) -> AccountView:
    """The account of a session."""
    return AccountView(
        account_id=session.account_id,
        login_name=session.login_name,
        display_name=session.display_name,
        id_type=IdType(session.id_type),
    )


def router(service: AccountService, clock: Clock) -> Router:
    """The room's list of routes."""

    def login_phone(call: Call, body: PhoneLoginBody) -> PhoneLoginAnswer:
        """Log in on the phone, and enrol it as a device."""
        login = service.login_phone(
            body.identifier,
            body.password,
            body.device.name,
            body.device.model,
            call.address,
            captcha_of(body.captcha),
        )
        return PhoneLoginAnswer(
            access_token=login.token,
            expires_in=(login.session.expires_at - login.session.created_at) // 1000,
            server_time=clock.now_ms(),
            device_id=login.session.device_id,
            otp_secret=login.otp_secret,
            account=OwnAccountView(name=login.name, **account_view(login.session).model_dump()),
        )

    def phone_session(call: Call) -> PhoneSessionView:
        """The account that is logged in on this phone."""
        session = service.session_of(call.credential, SessionKind.PHONE)
        return PhoneSessionView(
            account=account_view(session),
            device=EnrolledDevice(device_id=session.device_id, name=session.device_name, model=session.device_model),
            created_at=session.created_at,
            expires_at=session.expires_at,
            server_time=clock.now_ms(),
        )

    def logout_phone(call: Call) -> None:
        """Log out on this phone, and reject the tickets that it has scanned."""
        service.logout(service.session_of(call.credential, SessionKind.PHONE))

    room = Router("identity", API_PREFIX)
    room.add(
        "POST",
        "/app/sessions",
        login_phone,
        body=PhoneLoginBody,
        returns=PhoneLoginAnswer,
        status=201,
        codes=LOGIN_CODES,
    )
    room.add("GET", "/app/session", phone_session, auth=Auth.PHONE, returns=PhoneSessionView)
    room.add("DELETE", "/app/session", logout_phone, auth=Auth.PHONE)
    return room
