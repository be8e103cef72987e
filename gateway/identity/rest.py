"""Doors of the phone's and everybody's session."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.foundation.clock import Clock
from gateway.http.doors import Answer, Auth, Body, Call, Doors
from gateway.identity.model import Session, SessionKind
from gateway.identity.service import IdentityService
from gateway.protocol import API_PREFIX, Code

Label = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class DeviceInfo(Body):
    """The phone itself."""

    name: Label
    model: Label


class PhoneLoginBody(Body):
    """A login on the phone: phone number, login name or resident ID number, and the password."""

    identifier: Identifier
    password: Password
    device: DeviceInfo


class AccountView(Answer):
    """An account, as its owner's programs may show it: masked."""

    account_id: str
    login_name: str
    display_name: str
    id_type: str


class PhoneLoginAnswer(Answer):
    """A phone's session. `otp_secret` is base32 for TOTP (SHA-1, 6 digits, 30 s) by the gateway's clock."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
    server_time: int = Field(description="milliseconds of the gateway's clock")
    device_id: str
    otp_secret: str
    account: AccountView


class EnrolledDevice(Answer):
    """The device that a phone's session belongs to."""

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


class DeviceView(Answer):
    """A device that this account has logged in with."""

    device_id: str
    name: str
    model: str
    enrolled_at: int
    revoked_at: int | None
    current: bool


class DeviceList(Answer):
    """Devices, newest first."""

    devices: list[DeviceView]


def account_view(session: Session) -> AccountView:
    """The account of a session."""
    return AccountView(
        account_id=session.account_id,
        login_name=session.login_name,
        display_name=session.display_name,
        id_type=session.id_type,
    )


def doors(service: IdentityService, clock: Clock) -> Doors:
    """The room's list of doors."""

    def login_phone(call: Call, body: PhoneLoginBody) -> PhoneLoginAnswer:
        """Log in on the phone; enrols it as a device."""
        login = service.login_phone(body.identifier, body.password, body.device.name, body.device.model, call.address)
        return PhoneLoginAnswer(
            access_token=login.token,
            expires_in=(login.session.expires_at - login.session.created_at) // 1000,
            server_time=clock.now_ms(),
            device_id=login.session.device_id,
            otp_secret=login.otp_secret,
            account=account_view(login.session),
        )

    def phone_session(call: Call) -> PhoneSessionView:
        """Who is logged in on this phone."""
        session = service.session_of(call.credential, SessionKind.PHONE)
        return PhoneSessionView(
            account=account_view(session),
            device=EnrolledDevice(device_id=session.device_id, name=session.device_name, model=session.device_model),
            created_at=session.created_at,
            expires_at=session.expires_at,
            server_time=clock.now_ms(),
        )

    def logout_phone(call: Call) -> None:
        """Log out on this phone; tickets that it has scanned are rejected."""
        service.logout(service.session_of(call.credential, SessionKind.PHONE))

    def list_devices(call: Call) -> DeviceList:
        """The devices of this account."""
        session = service.session_of(call.credential, SessionKind.PHONE)
        return DeviceList(
            devices=[
                DeviceView(
                    device_id=device.device_id,
                    name=device.name,
                    model=device.model,
                    enrolled_at=device.enrolled_at,
                    revoked_at=device.revoked_at,
                    current=device.device_id == session.device_id,
                )
                for device in service.devices(session)
            ]
        )

    def revoke_device(call: Call) -> None:
        """Revoke a device: its session ends, and it can confirm nothing any more."""
        service.revoke_device(service.session_of(call.credential, SessionKind.PHONE), call.path["device_id"])

    room = Doors("identity", API_PREFIX)
    room.add(
        "POST",
        "/app/sessions",
        login_phone,
        body=PhoneLoginBody,
        returns=PhoneLoginAnswer,
        status=201,
        codes=(
            Code.INVALID_CREDENTIALS,
            Code.CAPTCHA_REQUIRED,
            Code.CAPTCHA_INVALID,
            Code.ACCOUNT_LOCKED,
            Code.ACCOUNT_DISABLED,
        ),
    )
    room.add("GET", "/app/session", phone_session, auth=Auth.PHONE, returns=PhoneSessionView)
    room.add("DELETE", "/app/session", logout_phone, auth=Auth.PHONE)
    room.add("GET", "/app/devices", list_devices, auth=Auth.PHONE, returns=DeviceList)
    room.add("DELETE", "/app/devices/<device_id>", revoke_device, auth=Auth.PHONE, codes=(Code.NOT_FOUND,))
    return room
