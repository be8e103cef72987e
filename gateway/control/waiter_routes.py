"""Routes that answer when an event has happened, so that no test polls or sleeps."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.control.journal.routes import JournalEntry
from gateway.control.people.outbox import Outbox
from gateway.control.people.routes import MessageView
from gateway.control.waiters import Waiters
from gateway.foundation.errors import Refusal
from gateway.http.routes import Answer, Call, Router, absent
from gateway.pairing.routes import TicketStateAnswer
from scan_to_login.protocol import Code, Stage, TicketState, Via
from scan_to_login.request_shapes import Query

TicketId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Seconds = Annotated[float, Field(ge=0, le=60, description="seconds of real time")]


class AwaitTicketQuery(Query):
    """The ticket, and the state to wait for."""

    ticket: TicketId = Field(description="ticket_id")
    state: TicketState
    timeout: Seconds = 10


class AwaitSmsQuery(Query):
    """The phone, and the last known message."""

    phone: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    since: str = Field("", pattern=r"^([0-9]{1,15}-[0-9]{1,9})?$", description="`message_id` of the last message seen")
    timeout: Seconds = 10


class AwaitSessionQuery(Query):
    """The account, and the stage to wait for."""

    account: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="login name, phone or resident ID number"
    )
    stage: Stage = Stage.LOGGED_IN
    timeout: Seconds = 10


class SessionSeen(Answer):
    """A client's session as the gateway stores it, without its token, which no store has."""

    session_id: str
    account_id: str
    login_name: str
    stage: Stage
    taxpayer_id: str | None = absent()
    via: Via | None = absent()
    ticket_id: str | None = absent()
    created_at: int
    expires_at: int


def router(waiters: Waiters, outbox: Outbox, prefix: str) -> Router:
    """The room's list of routes."""

    def await_ticket(call: Call) -> TicketStateAnswer:
        """Wait until a ticket has reached a state, or a later one.

        409 as soon as that can't be any more, and after `timeout` (`timed_out` is true then).
        """
        query: AwaitTicketQuery = call.query
        return TicketStateAnswer.model_validate(waiters.ticket(query.ticket, query.state, query.timeout))

    def await_sms(call: Call) -> MessageView:
        """Wait for the oldest SMS message to a phone after `since`. 404 after `timeout`."""
        query: AwaitSmsQuery = call.query
        found = outbox.messages(query.phone, query.since, query.timeout)
        if not found:
            detail = f"Within {query.timeout:g} s no message came to this phone."
            raise Refusal(Code.NOT_FOUND, detail, timed_out=True)
        return MessageView.model_validate(found[0], from_attributes=True)

    def await_session(call: Call) -> SessionSeen:
        """Wait until a client's session of an account has reached a stage. 404 after `timeout`."""
        query: AwaitSessionQuery = call.query
        fields = waiters.session(query.account, query.stage, query.timeout)
        stage = Stage.UNIT_VERIFIED if fields.get("taxpayer_id") else Stage.LOGGED_IN
        return SessionSeen.model_validate({**fields, "stage": stage})

    def await_push(call: Call) -> JournalEntry:
        """Wait until the gateway has sent a client `ticket_state` with this state. 404 after `timeout`."""
        query: AwaitTicketQuery = call.query
        return JournalEntry.model_validate(waiters.push(query.ticket, query.state, query.timeout))

    room = Router("waiting", prefix)
    room.add(
        "GET",
        "/await",
        await_ticket,
        query=AwaitTicketQuery,
        returns=TicketStateAnswer,
        codes=(Code.TICKET_NOT_FOUND, Code.TICKET_WRONG_STATE),
    )
    room.add("GET", "/await/sms", await_sms, query=AwaitSmsQuery, returns=MessageView, codes=(Code.NOT_FOUND,))
    room.add(
        "GET", "/await/session", await_session, query=AwaitSessionQuery, returns=SessionSeen, codes=(Code.NOT_FOUND,)
    )
    room.add("GET", "/await/push", await_push, query=AwaitTicketQuery, returns=JournalEntry, codes=(Code.NOT_FOUND,))
    return room
