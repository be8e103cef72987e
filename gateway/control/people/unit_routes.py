"""Routes of the hall's counter for units."""

from gateway.http.routes import Body, Call, Router
from gateway.units.declaration_passwords import DeclarationPasswordResets
from gateway.units.schemas import DeclarationPassword, TaxpayerId
from scan_to_login.protocol import Code


class NewDeclarationPasswordAtHall(Body):
    """A unit, whose papers the clerk has checked, and its new declaration password."""

    taxpayer_id: TaxpayerId
    new_password: DeclarationPassword


def router(resets: DeclarationPasswordResets, prefix: str) -> Router:
    """Part of the control plane's routes."""

    def reset_declaration_password_at_hall(_call: Call, body: NewDeclarationPasswordAtHall) -> None:
        """Set a unit's declaration password at the hall. Unlocks the unit and ends its sessions."""
        resets.at_hall(body.taxpayer_id, body.new_password)

    room = Router("simulated people", prefix)
    room.add(
        "POST",
        "/hall/declaration-password-resets",
        reset_declaration_password_at_hall,
        body=NewDeclarationPasswordAtHall,
        codes=(Code.NOT_FOUND,),
    )
    return room
