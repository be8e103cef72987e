"""The tax office's counter at the control plane, from a test."""

from __future__ import annotations

from urllib.parse import quote

from scan_to_login.testing.control_faults import Calls


class Hall:
    """The tax office's counter."""

    def __init__(self, control: Calls) -> None:
        self._control = control

    def registration_code(self, name: str, id_number: str, id_type: str = "resident_id") -> str:
        """A registration code for a person with their document."""
        person = {"name": name, "id_type": id_type, "id_number": id_number}
        return str(self._control.call("POST", "/hall/registration-codes", body=person)["registration_code"])

    def reset_password(self, name: str, id_number: str, new_password: str, id_type: str = "resident_id") -> None:
        """A new password for a person with their document; unlocks the account and ends its sessions."""
        person = {"name": name, "id_type": id_type, "id_number": id_number, "new_password": new_password}
        self._control.call("POST", "/hall/password-resets", body=person)

    def reset_declaration_password(self, taxpayer_id: str, new_password: str) -> None:
        """A new declaration password for a unit; unlocks the unit and ends its sessions."""
        papers = {"taxpayer_id": taxpayer_id, "new_password": new_password}
        self._control.call("POST", "/hall/declaration-password-resets", body=papers)

    def disable(self, login_name: str) -> None:
        """Disable an account: its sessions, devices and open tickets end. Raises ControlRefused."""
        self._control.call("PUT", f"/hall/accounts/{quote(login_name, safe='')}", body={"disabled": True})

    def enable(self, login_name: str) -> None:
        """Let a disabled account log in again. Raises ControlRefused."""
        self._control.call("PUT", f"/hall/accounts/{quote(login_name, safe='')}", body={"disabled": False})
