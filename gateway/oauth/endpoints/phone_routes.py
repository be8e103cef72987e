"""The phone's route of a device flow: the ticket of a code that a person types."""

from gateway.accounts.service import AccountService
from gateway.foundation.errors import Refusal
from gateway.http.routes import Auth, Call, Router
from gateway.oauth.endpoints.schemas import UserCodeAnswer, UserCodeBody
from gateway.oauth.model import user_code_of
from gateway.oauth.store import GrantStore
from scan_to_login.protocol import API_PREFIX, Code, SessionKind


def router(grants: GrantStore, identity: AccountService) -> Router:
    """The route; from its answer on the phone goes on as after a scan."""

    def find_user_code(call: Call, body: UserCodeBody) -> UserCodeAnswer:
        """The ticket that a user code stands for: the other way to what a QR says."""
        identity.session_of(call.credential, SessionKind.PHONE)
        code = user_code_of(body.user_code)
        if not code:
            raise Refusal(Code.TICKET_NOT_FOUND)
        return UserCodeAnswer(ticket_id=grants.ticket_of(code, call.address))

    room = Router("oauth", API_PREFIX)
    room.add(
        "POST",
        "/app/user-codes",
        find_user_code,
        auth=Auth.PHONE,
        body=UserCodeBody,
        returns=UserCodeAnswer,
        codes=(Code.TICKET_NOT_FOUND,),
    )
    return room
