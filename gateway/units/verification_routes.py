"""Routes of unit verification: list units, verify one, bind a first one, forgotten declaration password."""

from gateway.accounts.routes import CaptchaField, captcha_of
from gateway.accounts.service import AccountService
from gateway.foundation.clock import Clock
from gateway.http.routes import Answer, Auth, Body, Call, Router
from gateway.units.model import STATUS_CODES
from gateway.units.schemas import (
    PROOF_CODES,
    ClientSessionView,
    DeclarationPassword,
    TaxpayerId,
    UnitList,
    session_view,
    unit_view,
)
from gateway.units.service import UnitService
from scan_to_login.protocol import API_PREFIX, Code
from scan_to_login.rules.taxpayer_numbers import taxpayer_id_or_empty


class VerificationBody(Body):
    """The declaration password; not needed with an authorization in force."""

    declaration_password: DeclarationPassword | None = None
    captcha: CaptchaField | None = None


class BindingBody(Body):
    """A unit and its declaration password."""

    taxpayer_id: TaxpayerId
    declaration_password: DeclarationPassword
    captcha: CaptchaField | None = None


class ResetOffer(Answer):
    """Two ways to a new declaration password: `qr` is the text to draw for the app, `link` the WEB platform's page."""

    qr: str
    link: str


def router(service: UnitService, identity: AccountService, clock: Clock) -> Router:
    """The routes of unit verification."""

    def list_units(call: Call) -> UnitList:
        """The units this account is bound to, authorized for, or a head of, by name in pinyin."""
        return UnitList(units=[unit_view(unit) for unit in service.units(call.credential)])

    def list_own_units(call: Call) -> UnitList:
        """For phone and WEB platform: the units this account is bound to, authorized for, or has a role at."""
        session = identity.owner(call.credential)
        return UnitList(units=[unit_view(unit) for unit in service.known_to(session.account_id)])

    def bind_unit(call: Call, body: BindingBody) -> ClientSessionView:
        """Bind this account to a unit by the unit's declaration password, and verify the unit."""
        current = service.bind(
            call.credential, body.taxpayer_id, body.declaration_password, captcha_of(body.captcha), call.address
        )
        return session_view(current, clock.now_ms())

    def verify_unit(call: Call, body: VerificationBody | None) -> ClientSessionView:
        """Unit verification: by an authorization in force, else by the declaration password."""
        current = service.verify(
            call.credential,
            taxpayer_id_or_empty(call.path["taxpayer_id"]),
            body.declaration_password if body else None,
            captcha_of(body.captcha) if body else None,
            call.address,
        )
        return session_view(current, clock.now_ms())

    def offer_reset(call: Call) -> ResetOffer:
        """Forgotten declaration password: a QR for the app and a link to the WEB platform, for any taxpayer number."""
        taxpayer_id = taxpayer_id_or_empty(call.path["taxpayer_id"])
        qr, link = service.reset_offer(call.credential, taxpayer_id, call.asked)
        return ResetOffer(qr=qr, link=link)

    room = Router("units", API_PREFIX)
    one = "/units/<taxpayer_id>"
    room.add("GET", "/units", list_units, auth=Auth.CLIENT, returns=UnitList)
    room.add("GET", "/account/units", list_own_units, auth=Auth.SESSION, returns=UnitList)
    room.add(
        "POST",
        "/units",
        bind_unit,
        auth=Auth.CLIENT,
        body=BindingBody,
        returns=ClientSessionView,
        status=201,
        codes=(*PROOF_CODES, *STATUS_CODES.values()),
    )
    room.add(
        "POST",
        f"{one}/verification",
        verify_unit,
        auth=Auth.CLIENT,
        body=VerificationBody,
        body_optional=True,
        returns=ClientSessionView,
        codes=(
            Code.UNIT_NOT_FOUND,
            *STATUS_CODES.values(),
            Code.UNIT_LOCKED,
            Code.DECLARATION_PASSWORD_REQUIRED,
            Code.DECLARATION_PASSWORD_INVALID,
            Code.CAPTCHA_REQUIRED,
            Code.CAPTCHA_INVALID,
        ),
        fast=True,
    )
    room.add(
        "GET",
        f"{one}/declaration-password",
        offer_reset,
        auth=Auth.CLIENT,
        returns=ResetOffer,
        codes=(Code.UNIT_NOT_FOUND,),
    )
    return room
