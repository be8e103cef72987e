"""Routes of a new declaration password and of its SMS code, for the unit's heads."""

from typing import Literal

from pydantic import Field

from gateway.accounts.service import AccountService
from gateway.http.routes import Auth, Body, Call, Otp, Router
from gateway.registration.routes import SmsCode, SmsSent
from gateway.registration.sms import Purpose
from gateway.units.declaration_passwords import DeclarationPasswordResets
from gateway.units.schemas import DeclarationPassword
from gateway.units.service import UnitService
from gateway.units.web_codes import WebCodes
from scan_to_login.protocol import API_PREFIX, Code
from scan_to_login.rules.taxpayer_numbers import taxpayer_id_or_empty

UnitPurpose = Literal["declaration_password", "authorization"]


class NewDeclarationPasswordBody(Body):
    """The unit's new password: 8 to 15 characters, three or more classes."""

    new_password: DeclarationPassword
    otp: Otp | None = Field(None, description="the device's one-time code; required on a phone")
    sms_code: SmsCode | None = Field(None, description="required on the WEB platform; see `sms-codes`")


class UnitSmsBody(Body):
    """The action that the code is for."""

    purpose: UnitPurpose


def router(
    resets: DeclarationPasswordResets, web_codes: WebCodes, units: UnitService, identity: AccountService
) -> Router:
    """The room's route for heads of units."""

    def reset_declaration_password(call: Call, body: NewDeclarationPasswordBody) -> None:
        """Set a unit's declaration password as its legal representative or finance manager.

        Unlocks the unit and ends its sessions. A phone sends its one-time code, the WEB platform the code of an SMS.
        """
        session = identity.owner(call.credential)
        unit = units.access(session.account_id, taxpayer_id_or_empty(call.path["taxpayer_id"]))
        resets.reset(
            session, call.credential, unit, body.new_password, call.address, otp=body.otp, sms_code=body.sms_code
        )

    def send_unit_code(call: Call, body: UnitSmsBody) -> SmsSent:
        """On the WEB platform: send an SMS code to the phone on file, for a new declaration password or a grant."""
        session = identity.owner(call.credential)
        unit = units.access(session.account_id, taxpayer_id_or_empty(call.path["taxpayer_id"]))
        (valid, again), phone = web_codes.send(session, unit, Purpose(body.purpose), call.address)
        return SmsSent(expires_in=valid, resend_in=again, phone=phone)

    room = Router("units", API_PREFIX)
    room.add(
        "POST",
        "/units/<taxpayer_id>/sms-codes",
        send_unit_code,
        auth=Auth.SESSION,
        body=UnitSmsBody,
        returns=SmsSent,
        status=202,
        codes=(Code.UNIT_NOT_FOUND,),
    )
    room.add(
        "POST",
        "/units/<taxpayer_id>/declaration-password",
        reset_declaration_password,
        auth=Auth.SESSION,
        body=NewDeclarationPasswordBody,
        codes=(
            Code.UNIT_NOT_FOUND,
            Code.OTP_INVALID,
            Code.OTP_TRIES_EXHAUSTED,
            Code.SMS_CODE_INVALID,
            Code.SMS_CODE_EXPIRED,
        ),
    )
    return room
