"""A client's session with what has been verified for it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.accounts.model import Session
from gateway.units.model import UnitAccess
from scan_to_login.protocol import Stage

# Begins the account_id of a session that belongs to no person: a login by declaration password alone.
UNIT_ACCOUNT = "unit:"


@dataclass(frozen=True, slots=True)
class ClientSession:
    """A client's session, and the unit that it has been verified for."""

    session: Session
    unit: UnitAccess | None

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        return Stage.UNIT_VERIFIED if self.unit else Stage.LOGGED_IN

    @property
    def personal(self) -> bool:
        """Whether a person is logged in, and not a unit as before the cut-over."""
        return not self.session.account_id.startswith(UNIT_ACCOUNT)
