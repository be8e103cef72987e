"""Rules about units: pure functions and plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from scan_to_login.protocol import Code, NextStep, Permission, Role, UnitStatus, Via

# 办税授权: at most 20 people a unit (DESIGN.md section 5).
AUTHORIZATIONS_OF_A_UNIT: Final = 20
# Whole numbers: ``datetime`` cannot tell the day after 9999-12-31.
_DAY_MS: Final = 86_400_000
_CHINA_MS: Final = 8 * 3_600_000
_EPOCH: Final = date(1970, 1, 1).toordinal()


HEADS: Final = frozenset({Role.LEGAL_REPRESENTATIVE, Role.FINANCE_MANAGER})


STATUS_CODES: Final = {
    UnitStatus.ABNORMAL: Code.UNIT_ABNORMAL,
    UnitStatus.DEREGISTERED: Code.UNIT_DEREGISTERED,
}


@dataclass(frozen=True, slots=True)
class UnitAccess:
    """A unit, and one account's roles and rights at it at one moment."""

    taxpayer_id: str
    name: str
    status: str
    roles: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    permission: str = ""
    authorization_id: str = ""
    password_version: int = 1

    @property
    def password_required(self) -> bool:
        """Whether the account must prove the declaration password.

        Not with an authorization in force, nor as a head where heads need none (DESIGN.md section 5).
        """
        return Via.AUTHORIZATION not in self.via and Via.ROLE not in self.via

    @property
    def listed(self) -> bool:
        """Whether a client lists the unit for this account: it may act for it, or is one of its heads."""
        return bool(self.via) or self.is_head

    @property
    def is_head(self) -> bool:
        """Whether this is the legal representative or the finance manager."""
        return not HEADS.isdisjoint(self.roles)

    @property
    def may_grant(self) -> frozenset[Permission]:
        """The permissions that this account may grant to others, change and revoke."""
        if self.is_head:
            return frozenset(Permission)
        return frozenset({Permission.HANDLE}) if self.permission == Permission.MANAGE else frozenset()


@dataclass(frozen=True, slots=True)
class Verified:
    """The reason why a session is verified; the verification holds while all of this holds."""

    taxpayer_id: str
    via: str
    authorization_id: str
    password_version: int

    def stands(self, unit: UnitAccess | None) -> bool:
        """Whether the reason still holds for ``unit``; a changed password version ends it."""
        return (
            unit is not None
            and unit.taxpayer_id == self.taxpayer_id
            and unit.status == UnitStatus.NORMAL
            and self.via in unit.via
            and (self.via != Via.AUTHORIZATION or unit.authorization_id == self.authorization_id)
        )


def next_step(units: Sequence[UnitAccess]) -> NextStep:
    """The next step after a login: verify one of the account's units, or bind a first one."""
    return NextStep.VERIFY_UNIT if units else NextStep.BIND_UNIT


def end_of_day(day: date) -> int:
    """The first millisecond after ``day`` in China, when a date of the tax office ends."""
    return (day.toordinal() + 1 - _EPOCH) * _DAY_MS - _CHINA_MS


def start_of_day(day: date) -> int:
    """The first millisecond of ``day`` in China."""
    return (day.toordinal() - _EPOCH) * _DAY_MS - _CHINA_MS


def first_day(valid_from: int) -> str | None:
    """The day in China of ``valid_from``, as YYYY-MM-DD; None for an authorization that was always in force."""
    return date.fromordinal((valid_from + _CHINA_MS) // _DAY_MS + _EPOCH).isoformat() if valid_from else None


def last_day(valid_until: int | None) -> str | None:
    """The date from which ``end_of_day`` made ``valid_until``, as YYYY-MM-DD; None is for ever."""
    if valid_until is None:
        return None
    return date.fromordinal((valid_until + _CHINA_MS) // _DAY_MS + _EPOCH - 1).isoformat()
