"""Routes of a client: its login by claim, by account or (before the cut-over) by unit, and its session.

The claim is here and not in ``gateway.pairing.routes``, since its answer lists the units of the account.
"""

from pydantic import Field

from gateway.accounts.routes import (
    LOGIN_CODES,
    AccountView,
    CaptchaField,
    Identifier,
    Password,
    account_view,
    captcha_of,
)
from gateway.accounts.service import AccountService
from gateway.foundation.clock import Clock
from gateway.http.routes import Answer, Auth, Body, Call, Router, absent
from gateway.pairing.model import DEAD_CODES
from gateway.pairing.remembered.service import RememberedComputers
from gateway.pairing.routes import ClaimHeaders, claim_key
from gateway.pairing.schemas import ClaimBody
from gateway.pairing.ticket_requests import ClientInfoBody
from gateway.units.model import STATUS_CODES, UnitAccess, next_step
from gateway.units.schemas import (
    PROOF_CODES,
    ClientSessionView,
    DeclarationPassword,
    TaxpayerId,
    UnitView,
    session_view,
    unit_view,
)
from gateway.units.service import UnitService
from scan_to_login.protocol import API_PREFIX, Code, NextStep


class LoginAnswer(Answer):
    """A client's session after a claim or a login by password, and what to do next."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
    server_time: int = Field(description="milliseconds of the gateway's clock")
    account: AccountView | None = Field(description="null after a login by declaration password alone")
    units: list[UnitView]
    next: NextStep = Field(description="`none` where a unit is verified already")
    remembered: str | None = absent(description="token of this computer for its next login, where it is remembered")


class FunctionView(Answer):
    """A function of the client's menu."""

    code: str
    name_zh: str
    name_en: str


class MenuAnswer(Answer):
    """What is open to this session's person."""

    unit: UnitView
    functions: list[FunctionView]


class PasswordLoginBody(Body):
    """A login by account and password."""

    identifier: Identifier
    password: Password
    client: ClientInfoBody
    captcha: CaptchaField | None = None


class LegacyLoginBody(Body):
    """A login by declaration password alone, as before the cut-over."""

    taxpayer_id: TaxpayerId
    declaration_password: DeclarationPassword
    captcha: CaptchaField | None = None
    client: ClientInfoBody | None = None


def router(service: UnitService, identity: AccountService, remembered: RememberedComputers, clock: Clock) -> Router:
    """The routes of a client's login and session."""

    def login_answer(
        token: str,
        account: AccountView,
        created_at: int,
        expires_at: int,
        units: list[UnitAccess],
        kept: str | None = None,
    ) -> LoginAnswer:
        return LoginAnswer(
            access_token=token,
            expires_in=(expires_at - created_at) // 1000,
            server_time=clock.now_ms(),
            account=account,
            units=[unit_view(unit) for unit in units],
            next=next_step(units),
            remembered=kept,
        )

    def claim_ticket(call: Call, body: ClaimBody | None) -> LoginAnswer:
        """Exchange the confirmed ticket for a session. Repeat a lost request with the same `Idempotency-Key`."""
        token, session, units = service.exchange_for_session(
            call.path["ticket_id"], call.credential, claim_key(call), call.address, (body and body.code) or ""
        )
        account = AccountView.model_validate({name: session[name] for name in AccountView.model_fields})
        kept = None
        if body is not None and body.remember:
            kept = remembered.remember(call.path["ticket_id"], call.credential, session)
        return login_answer(token, account, int(session["created_at"]), int(session["expires_at"]), units, kept)

    def login_client(call: Call, body: PasswordLoginBody) -> LoginAnswer:
        """Log in by account and password; the answer has the shape of a claim's."""
        login = identity.login_client(
            body.identifier, body.password, body.client.device, call.address, captcha_of(body.captcha)
        )
        session = login.session
        with identity.ended_on_refusal(session):
            units = service.units_of(session.account_id)
        return login_answer(login.token, account_view(session), session.created_at, session.expires_at, units)

    def login_legacy(call: Call, body: LegacyLoginBody) -> LoginAnswer:
        """Log in by declaration password alone; only before the cut-over date."""
        token, current = service.login_legacy(
            body.taxpayer_id,
            body.declaration_password,
            captcha_of(body.captcha),
            body.client.device if body.client else "",
            call.address,
        )
        return LoginAnswer(
            access_token=token,
            expires_in=(current.session.expires_at - current.session.created_at) // 1000,
            server_time=clock.now_ms(),
            account=None,
            units=[unit_view(current.unit)] if current.unit else [],
            next=NextStep.NONE,
        )

    def client_session(call: Call) -> ClientSessionView:
        """The session: its account, unit and stage."""
        return session_view(service.session(call.credential), clock.now_ms())

    def logout_client(call: Call) -> None:
        """Log out."""
        service.logout(call.credential)

    def session_menu(call: Call) -> MenuAnswer:
        """The functions that this person may use at this unit, after unit verification."""
        unit, functions = service.menu(call.credential)
        return MenuAnswer(
            unit=unit_view(unit),
            functions=[FunctionView(code=item.code, name_zh=item.zh, name_en=item.en) for item in functions],
        )

    room = Router("units", API_PREFIX)
    room.add(
        "POST",
        "/tickets/<ticket_id>/claim",
        claim_ticket,
        auth=Auth.TICKET,
        body=ClaimBody,
        body_optional=True,
        returns=LoginAnswer,
        headers=ClaimHeaders,
        codes=(
            Code.TICKET_NOT_CONFIRMED,
            Code.CLAIM_CODE_REQUIRED,
            Code.CLAIM_CODE_INVALID,
            Code.LOGIN_UNAVAILABLE,
            *DEAD_CODES.values(),
        ),
        fast=True,
    )
    room.add(
        "POST", "/sessions", login_client, body=PasswordLoginBody, returns=LoginAnswer, status=201, codes=LOGIN_CODES
    )
    room.add("GET", "/session", client_session, auth=Auth.CLIENT, returns=ClientSessionView)
    room.add("DELETE", "/session", logout_client, auth=Auth.CLIENT)
    room.add(
        "GET",
        "/session/menu",
        session_menu,
        auth=Auth.CLIENT,
        returns=MenuAnswer,
        codes=(Code.UNIT_VERIFICATION_REQUIRED,),
    )
    room.add(
        "POST",
        "/legacy-sessions",
        login_legacy,
        body=LegacyLoginBody,
        returns=LoginAnswer,
        status=201,
        codes=(Code.LEGACY_LOGIN_CLOSED, *PROOF_CODES, *STATUS_CODES.values()),
    )
    return room
