"""The tax office's counter at the control plane, from a test."""

from __future__ import annotations

from urllib.parse import quote

from scan_to_login.testing.control.faults import Calls


class Hall:
    """The tax office's counter: ``name``, ``id_type`` and ``id_number`` are those of a person's document.

    ``id_type`` is a value of IdType. Passwords have 8 to 15 characters of three classes. Calls raise ControlRefused.
    """

    def __init__(self, control: Calls) -> None:
        self._control = control

    def registration_code(self, name: str, id_number: str, id_type: str = "resident_id") -> str:
        """A registration code for that person."""
        person = {"name": name, "id_type": id_type, "id_number": id_number}
        return str(self._control.call("POST", "/hall/registration-codes", body=person)["registration_code"])

    def reset_password(self, name: str, id_number: str, new_password: str, id_type: str = "resident_id") -> None:
        """Set ``new_password`` for that person; unlocks the account and ends its sessions."""
        person = {"name": name, "id_type": id_type, "id_number": id_number, "new_password": new_password}
        self._control.call("POST", "/hall/password-resets", body=person)

    def reset_declaration_password(self, taxpayer_id: str, new_password: str) -> None:
        """Set ``new_password`` for the unit ``taxpayer_id``; unlocks the unit and ends its sessions."""
        papers = {"taxpayer_id": taxpayer_id, "new_password": new_password}
        self._control.call("POST", "/hall/declaration-password-resets", body=papers)

    def disable(self, login_name: str) -> None:
        """Disable the account ``login_name``: its sessions, devices and open tickets end."""
        self._control.call("PUT", f"/hall/accounts/{quote(login_name, safe='')}", body={"disabled": True})

    def enable(self, login_name: str) -> None:
        """Let the disabled account ``login_name`` log in again."""
        self._control.call("PUT", f"/hall/accounts/{quote(login_name, safe='')}", body={"disabled": False})
