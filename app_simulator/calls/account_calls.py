"""The calls about an account: its phones, its sessions and its events."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from app_simulator.calls.models import Device, take


class AccountCalls(ABC):
    """The account's share of a phone. Every method raises PhoneError."""

    @abstractmethod
    def call(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, repeat: bool = False
    ) -> dict[str, Any]:
        """Any call with this phone's session; see ``Phone.call``."""

    def devices(self) -> list[Device]:
        """The phones enrolled for this account."""
        found = take(self.call("GET", "/app/devices", repeat=True), "devices", list)
        return [Device.of(entry) for entry in found if isinstance(entry, dict)]

    def sessions(self) -> list[dict[str, Any]]:
        """Where this account is logged in, newest first: the entries of ``GET /account/sessions`` as dictionaries."""
        return list(take(self.call("GET", "/account/sessions", repeat=True), "sessions", list))

    def end_session(self, session_id: str) -> None:
        """End the session ``session_id`` of this account, on any channel. Raises PhoneError ``not_found``."""
        self.call("DELETE", f"/account/sessions/{quote(session_id, safe='')}", repeat=True)

    def end_other_sessions(self) -> int:
        """End all sessions of this account but this phone's; returns how many there were."""
        return take(self.call("DELETE", "/account/sessions"), "ended", int)

    def events(self) -> list[dict[str, Any]]:
        """The audit events of this account, newest first: the entries of ``GET /account/events`` as dictionaries."""
        return list(take(self.call("GET", "/account/events", repeat=True), "events", list))

    def revoke_device(self, device_id: str) -> None:
        """Remove the phone ``device_id``, be it this one, and end its sessions. Raises PhoneError ``not_found``."""
        self.call("DELETE", f"/app/devices/{quote(device_id, safe='')}", repeat=True)
