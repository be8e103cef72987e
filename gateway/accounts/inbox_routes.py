"""The route of a phone's messages."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.accounts.service import AccountService
from gateway.audit.inbox import Inbox, Message
from gateway.http.routes import Answer, Auth, Call, Router, absent
from scan_to_login.protocol import API_PREFIX, Code, LoginChannel, Notice, Permission, SessionKind
from scan_to_login.request_shapes import Query


class MessageQuery(Query):
    """The messages to read, and the time to wait for one."""

    since: Annotated[str, StringConstraints(pattern=r"^([0-9]{15}-[0-9]{6})?$")] = Field(
        "", description="`message_id` of the last message seen; omit for the newest messages"
    )
    wait: float = Field(0, ge=0, le=120, description="seconds to wait if there is none")
    limit: int = Field(50, ge=1, le=200)


class PhoneMessage(Answer):
    """A message about a login to this account, about a request to log in to it, or about an authorization."""

    message_id: str
    at: int = Field(description="milliseconds of the gateway's clock")
    notice: Notice
    channel: LoginChannel | None = absent()
    session_id: str | None = absent(description="of a login: the session that it began")
    in_force: bool | None = absent(description="of a login: whether that session still lasts")
    current: bool | None = absent(description="of a login: whether it is the session that reads this")
    address: str | None = absent()
    ticket_id: str | None = absent(description="of a request to log in: the ticket to open")
    taxpayer_id: str | None = absent()
    unit_name: str | None = absent()
    by: str | None = absent()
    permission: Permission | None = absent()
    valid_from: str | None = absent()
    valid_until: str | None = absent()


class DisownedLogin(Answer):
    """The session of a login that its account's owner has not made."""

    session_id: str
    ended: bool = Field(description="whether this call ended it; false if it had ended before")


class PhoneMessages(Answer):
    """Messages, oldest first; `next` is the `since` for those that follow."""

    messages: list[PhoneMessage]
    next: str


def router(inbox: Inbox, identity: AccountService, longest_wait: float) -> Router:
    """The route of messages; a wait lasts ``longest_wait`` seconds at most."""

    def read_messages(call: Call) -> PhoneMessages:
        """The messages to this phone's account; with `wait`, answers as soon as there is one."""
        session = identity.session_of(call.credential, SessionKind.PHONE)
        query: MessageQuery = call.query
        found = inbox.read(session.account_id, query.since, min(query.wait, longest_wait), query.limit, call.address)
        logins = any(message.notice is Notice.LOGIN for message in found)
        in_force = {own.session_id for own in identity.own_sessions(session)} if logins else set()
        return PhoneMessages(
            messages=[_view(message, session.session_id, in_force) for message in found],
            next=found[-1].message_id if found else query.since,
        )

    def disown_login(call: Call) -> DisownedLogin:
        """*This wasn't me*: end the session of this login at once, and its tickets. Repeating it changes nothing."""
        session = identity.session_of(call.credential, SessionKind.PHONE)
        session_id = inbox.login(session.account_id, call.path["message_id"]).detail["session_id"]
        return DisownedLogin(session_id=session_id, ended=identity.disown_login(session, session_id))

    room = Router("messages", API_PREFIX)
    room.add(
        "GET",
        "/app/messages",
        read_messages,
        auth=Auth.PHONE,
        query=MessageQuery,
        returns=PhoneMessages,
        codes=(Code.SLOW_DOWN,),
    )
    room.add(
        "POST",
        "/app/messages/<message_id>/disown",
        disown_login,
        auth=Auth.PHONE,
        returns=DisownedLogin,
        codes=(Code.NOT_FOUND,),
    )
    return room


def _view(message: Message, reader: str, in_force: set[str]) -> PhoneMessage:
    """``reader`` and ``in_force`` are ids of sessions: of the one that reads, and of all that last."""
    detail = message.detail
    channel, permission, session_id = detail.get("channel"), detail.get("permission"), detail.get("session_id")
    return PhoneMessage(
        message_id=message.message_id,
        at=message.at,
        notice=message.notice,
        channel=LoginChannel(channel) if channel else None,
        session_id=session_id or None,
        in_force=session_id in in_force if session_id else None,
        current=session_id == reader if session_id else None,
        address=message.address or None,
        ticket_id=detail.get("ticket_id"),
        taxpayer_id=message.taxpayer_id or None,
        unit_name=detail.get("unit"),
        by=detail.get("by"),
        permission=Permission(permission) if permission else None,
        valid_from=detail.get("valid_from"),
        valid_until=detail.get("valid_until"),
    )
