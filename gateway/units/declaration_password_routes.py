"""The route of a new declaration password, for the unit's heads."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.accounts.service import AccountService
from gateway.http.routes import Auth, Body, Call, Router
from gateway.units.declaration_passwords import DeclarationPasswordResets
from gateway.units.schemas import DeclarationPassword
from gateway.units.service import UnitService
from scan_to_login.protocol import API_PREFIX, Code
from scan_to_login.rules.taxpayer_numbers import taxpayer_id_or_empty

Otp = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class NewDeclarationPasswordBody(Body):
    """The unit's new password: 8 to 15 characters, three or more classes."""

    new_password: DeclarationPassword
    otp: Otp | None = Field(None, description="the device's one-time code; required on a phone")


def router(resets: DeclarationPasswordResets, units: UnitService, identity: AccountService) -> Router:
    """The room's route for heads of units."""

    def reset_declaration_password(call: Call, body: NewDeclarationPasswordBody) -> None:
        """Set a unit's declaration password as its legal representative or finance manager.

        Unlocks the unit and ends its sessions. A phone sends its one-time code; the WEB platform needs none.
        """
        session = identity.owner(call.credential)
        unit = units.access(session.account_id, taxpayer_id_or_empty(call.path["taxpayer_id"]))
        resets.reset(session, call.credential, unit, body.new_password, body.otp, call.address)

    room = Router("units", API_PREFIX)
    room.add(
        "POST",
        "/units/<taxpayer_id>/declaration-password",
        reset_declaration_password,
        auth=Auth.SESSION,
        body=NewDeclarationPasswordBody,
        codes=(Code.UNIT_NOT_FOUND, Code.OTP_INVALID, Code.OTP_TRIES_EXHAUSTED),
    )
    return room
