"""Routes of a phone: the computers that its person has had remembered."""

from gateway.http.routes import Answer, Auth, Call, Router
from gateway.pairing.remembered.service import RememberedComputers
from scan_to_login.protocol import API_PREFIX, Code


class RememberedComputerView(Answer):
    """A computer from which this account's phones may be asked for a login; times are the gateway's, milliseconds."""

    remembered_id: str
    client_name: str
    device_name: str
    network: str
    created_at: int
    used_at: int
    expires_at: int


class RememberedComputersAnswer(Answer):
    """Them, the one used last first."""

    computers: list[RememberedComputerView]


def router(remembered: RememberedComputers) -> Router:
    """The routes."""

    def list_remembered_computers(call: Call) -> RememberedComputersAnswer:
        """The computers that this account has had remembered."""
        names = tuple(RememberedComputerView.model_fields)
        found = [{name: getattr(one, name) for name in names} for one in remembered.of_phone(call.credential)]
        return RememberedComputersAnswer(computers=[RememberedComputerView.model_validate(one) for one in found])

    def forget_computer(call: Call) -> None:
        """Forget a computer: it needs a QR again."""
        remembered.forget(call.credential, call.path["remembered_id"], call.address)

    room = Router("login requests", API_PREFIX)
    path = "/app/remembered-computers"
    room.add("GET", path, list_remembered_computers, auth=Auth.PHONE, returns=RememberedComputersAnswer)
    room.add("DELETE", f"{path}/<remembered_id>", forget_computer, auth=Auth.PHONE, codes=(Code.NOT_FOUND,))
    return room
