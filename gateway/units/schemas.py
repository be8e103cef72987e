"""Fields that several routes of this room take, and the views of units and sessions."""

from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from gateway.accounts.routes import AccountView, account_view
from gateway.http.routes import Answer, absent
from gateway.units.client_session import ClientSession
from gateway.units.model import UnitAccess
from scan_to_login.protocol import Code, Permission, Role, Stage, UnitStatus, Via
from scan_to_login.rules.taxpayer_numbers import checked_taxpayer_id

DeclarationPassword = Annotated[str, StringConstraints(min_length=1, max_length=128)]
TaxpayerId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=32),
    AfterValidator(checked_taxpayer_id),
    Field(description="unified social credit code of 18 characters, or an older number of 15"),
]

# The codes that refuse a pair of taxpayer number and declaration password.
PROOF_CODES = (
    Code.UNIT_CREDENTIALS_INVALID,
    Code.UNIT_LOCKED,
    Code.CAPTCHA_REQUIRED,
    Code.CAPTCHA_INVALID,
)


class UnitView(Answer):
    """A unit as this account may act for it."""

    taxpayer_id: str
    name: str
    status: UnitStatus
    roles: list[Role]
    via: list[Via] = Field(
        description="`binding`, `authorization`, `role` (a head where heads need no password); empty for a head who "
        "has not bound the unit; `legacy` for a login by declaration password alone"
    )
    password_required: bool
    permission: Permission | None = absent()


class UnitList(Answer):
    """Units, by name."""

    units: list[UnitView]


@lru_cache(1024)
def unit_view(unit: UnitAccess) -> UnitView:
    """The view of a unit."""
    return UnitView.model_validate(
        {
            "taxpayer_id": unit.taxpayer_id,
            "name": unit.name,
            "status": unit.status,
            "roles": unit.roles,
            "via": unit.via,
            "password_required": unit.password_required,
            "permission": unit.permission or None,
        }
    )


class ClientSessionView(Answer):
    """A client's session; `unit` is null until a unit is verified."""

    account: AccountView | None = Field(description="null after a login by declaration password alone")
    unit: UnitView | None
    stage: Stage
    created_at: int
    expires_at: int
    server_time: int


def session_view(current: ClientSession, now_ms: int) -> ClientSessionView:
    """The view of a client's session."""
    return ClientSessionView(
        account=account_view(current.session) if current.personal else None,
        unit=unit_view(current.unit) if current.unit else None,
        stage=current.stage,
        created_at=current.session.created_at,
        expires_at=current.session.expires_at,
        server_time=now_ms,
    )
