"""Locks after wrong passwords at the control plane, from a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from scan_to_login.testing.control.faults import Calls


@dataclass(frozen=True, slots=True)
class Lock:
    """Wrong passwords of an account or a unit, and its lock; times in milliseconds of the gateway's clock.

    ``subject`` is a login name or a taxpayer number, and empty for an identifier that no account has. ``tries`` wrong
    passwords lock. ``locked_since`` and ``locked_until`` are 0 without a lock.
    """

    kind: Literal["account", "unit"]
    subject: str
    name: str
    wrong: int
    tries: int
    captcha_due: bool
    identifiers: list[str]
    locked_since: int
    locked_until: int


class LocksOfGateway:
    """Who has typed wrong passwords, and who is locked by them. Every call raises ControlRefused."""

    def __init__(self, control: Calls) -> None:
        self._control = control

    def all(self) -> list[Lock]:
        """Everybody with a wrong password or a lock; the longest locks first."""
        return [Lock(**found) for found in self._control.call("GET", "/locks")["locks"]]

    def unlock(self, login_name: str) -> None:
        """Unlock the account ``login_name``, and forget its wrong passwords."""
        self._control.call("DELETE", f"/locks/accounts/{quote(login_name, safe='')}")

    def unlock_unit(self, taxpayer_id: str) -> None:
        """Unlock the unit ``taxpayer_id``, and forget its wrong declaration passwords."""
        self._control.call("DELETE", f"/locks/units/{quote(taxpayer_id, safe='')}")
