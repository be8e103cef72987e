"""A client's session with its verified unit."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.accounts.model import Session
from gateway.units.model import UnitAccess
from scan_to_login.protocol import Stage

# Prefix of the account_id of a session without a person: a login by declaration password alone.
UNIT_ACCOUNT = "unit:"


@dataclass(frozen=True, slots=True)
class ClientSession:
    """A client's session, and the unit that was verified for it."""

    session: Session
    unit: UnitAccess | None

    @property
    def stage(self) -> Stage:
        """The session's stage."""
        return Stage.UNIT_VERIFIED if self.unit else Stage.LOGGED_IN

    @property
    def personal(self) -> bool:
        """Whether a person is logged in; false for a login by unit before the cut-over."""
        return not self.session.account_id.startswith(UNIT_ACCOUNT)
