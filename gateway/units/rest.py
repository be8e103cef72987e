"""Doors of the client after its login: the session it gets, and the units it may act for."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.foundation.clock import Clock
from gateway.http.doors import Answer, Auth, Body, Call, Doors
from gateway.identity.rest import AccountView, CaptchaField, Identifier, Password, account_view, captcha_of
from gateway.identity.service import IdentityService
from gateway.pairing.model import DEAD_CODES
from gateway.pairing.rest import ClientInfoBody, Nothing, claim_key
from gateway.protocol import API_PREFIX, Code
from gateway.units.model import UnitAccess, next_step
from gateway.units.service import ClientSession, UnitService


class UnitView(Answer):
    """A unit as this account may act for it."""

    taxpayer_id: str
    name: str
    status: str
    roles: list[str]
    via: list[str] = Field(description="`binding`, `authorization`, or both")
    password_required: bool


class UnitList(Answer):
    """Units, by name."""

    units: list[UnitView]


class LoginAnswer(Answer):
    """A client's session after a claim or a login by password, and what to do next."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
    server_time: int = Field(description="milliseconds of the gateway's clock")
    account: AccountView
    units: list[UnitView]
    next: str


class ClientSessionView(Answer):
    """A client's session; `unit` is null until a unit is verified."""

    account: AccountView
    unit: UnitView | None
    stage: str
    created_at: int
    expires_at: int
    server_time: int


class PasswordLoginBody(Body):
    """A login by account and password."""

    identifier: Identifier
    password: Password
    client: ClientInfoBody
    captcha: CaptchaField | None = None


class VerificationBody(Body):
    """The declaration password; not needed with an authorization in force."""

    declaration_password: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None


def _view(unit: UnitAccess) -> UnitView:
    return UnitView(
        taxpayer_id=unit.taxpayer_id,
        name=unit.name,
        status=unit.status,
        roles=list(unit.roles),
        via=list(unit.via),
        password_required=unit.password_required,
    )


def doors(service: UnitService, identity: IdentityService, clock: Clock) -> Doors:
    """The room's list of doors."""

    def view(session: ClientSession) -> ClientSessionView:
        return ClientSessionView(
            account=account_view(session.session),
            unit=_view(session.unit) if session.unit else None,
            stage=session.stage,
            created_at=session.session.created_at,
            expires_at=session.session.expires_at,
            server_time=clock.now_ms(),
        )

    def login_answer(token: str, account: AccountView, created_at: int, expires_at: int) -> LoginAnswer:
        units = service.units_of(account.account_id)
        return LoginAnswer(
            access_token=token,
            expires_in=(expires_at - created_at) // 1000,
            server_time=clock.now_ms(),
            account=account,
            units=[_view(unit) for unit in units],
            next=next_step(units),
        )

    def claim_ticket(call: Call, _body: Nothing | None) -> LoginAnswer:
        """Exchange the confirmed ticket for a session. Repeat a lost request with the same `Idempotency-Key`."""
        token, session = service.claim(call.path["ticket_id"], call.credential, claim_key(call), call.address)
        account = AccountView.model_validate({name: session[name] for name in AccountView.model_fields})
        return login_answer(token, account, int(session["created_at"]), int(session["expires_at"]))

    def login_client(call: Call, body: PasswordLoginBody) -> LoginAnswer:
        """Log in by account and password; the answer is that of a claim."""
        login = identity.login_client(
            body.identifier, body.password, body.client.device, call.address, captcha_of(body.captcha)
        )
        return login_answer(
            login.token, account_view(login.session), login.session.created_at, login.session.expires_at
        )

    def client_session(call: Call) -> ClientSessionView:
        """The session: who, which unit, which stage."""
        return view(service.session(call.credential))

    def logout_client(call: Call) -> None:
        """Log out."""
        service.logout(call.credential)

    def list_units(call: Call) -> UnitList:
        """The units this account is bound to or authorized for."""
        return UnitList(units=[_view(unit) for unit in service.units(call.credential)])

    def verify_unit(call: Call, body: VerificationBody | None) -> ClientSessionView:
        """Unit verification: by the declaration password, or by an authorization in force."""
        password = body.declaration_password if body else None
        return view(service.verify(call.credential, call.path["taxpayer_id"], password))

    room = Doors("units", API_PREFIX)
    login_codes = (
        Code.INVALID_CREDENTIALS,
        Code.CAPTCHA_REQUIRED,
        Code.CAPTCHA_INVALID,
        Code.ACCOUNT_LOCKED,
        Code.ACCOUNT_DISABLED,
    )
    room.add(
        "POST",
        "/tickets/<ticket_id>/claim",
        claim_ticket,
        auth=Auth.TICKET,
        body=Nothing,
        body_optional=True,
        returns=LoginAnswer,
        codes=(Code.TICKET_NOT_CONFIRMED, *DEAD_CODES.values()),
    )
    room.add(
        "POST", "/sessions", login_client, body=PasswordLoginBody, returns=LoginAnswer, status=201, codes=login_codes
    )
    room.add("GET", "/session", client_session, auth=Auth.CLIENT, returns=ClientSessionView)
    room.add("DELETE", "/session", logout_client, auth=Auth.CLIENT)
    room.add("GET", "/units", list_units, auth=Auth.CLIENT, returns=UnitList)
    room.add(
        "POST",
        "/units/<taxpayer_id>/verification",
        verify_unit,
        auth=Auth.CLIENT,
        body=VerificationBody,
        body_optional=True,
        returns=ClientSessionView,
        codes=(
            Code.UNIT_NOT_FOUND,
            Code.UNIT_DEREGISTERED,
            Code.UNIT_LOCKED,
            Code.DECLARATION_PASSWORD_REQUIRED,
            Code.DECLARATION_PASSWORD_INVALID,
            Code.CAPTCHA_REQUIRED,
            Code.CAPTCHA_INVALID,
        ),
    )
    return room
