"""Rules about units: pure functions and plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.protocol import NextStep


class Role(StrEnum):
    """What a person is at a unit."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    FINANCE_MANAGER = "finance_manager"
    TAX_AGENT = "tax_agent"


class Via(StrEnum):
    """How an account may act for a unit."""

    BINDING = "binding"
    AUTHORIZATION = "authorization"


class UnitStatus(StrEnum):
    """A unit's standing with the tax office."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"  # 非正常户
    DEREGISTERED = "deregistered"  # 注销


@dataclass(frozen=True, slots=True)
class UnitAccess:
    """A unit as one account may act for it."""

    taxpayer_id: str
    name: str
    status: str
    roles: tuple[str, ...]
    via: tuple[str, ...]

    @property
    def password_required(self) -> bool:
        """Whether the declaration password must be proved: not with an authorization in force (DESIGN.md section 4)."""
        return Via.AUTHORIZATION not in self.via


def next_step(units: list[UnitAccess]) -> NextStep:
    """What a client does after its login: verify one of the account's units, or bind a first one."""
    return NextStep.VERIFY_UNIT if units else NextStep.BIND_UNIT
