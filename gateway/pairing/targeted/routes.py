"""Routes of a phone that clients ask to log them in, without a scan."""

from typing import Annotated

from pydantic import Field, StringConstraints

from gateway.http.routes import Answer, Auth, Body, Call, Router, absent
from gateway.pairing.schemas import ClientView
from gateway.pairing.targeted.service import TargetedTickets
from scan_to_login.protocol import API_PREFIX, Code, TicketState
from scan_to_login.request_shapes import Query

LONGEST_BLOCK_MINUTES = 7 * 24 * 60


class LoginRequestsQuery(Query):
    """The time to wait for a request that the phone has not seen."""

    since: Annotated[str, StringConstraints(max_length=64)] = Field(
        "", description="`next` of the last answer: a wait ends when there is a newer request"
    )
    wait: float = Field(0, ge=0, le=120, description="seconds to wait if there is none")


class LoginRequest(Answer):
    """A ticket that is aimed at this phone's account, before somebody opens it or after this phone has."""

    ticket_id: str = Field(description="open it by `POST /tickets/{ticket_id}/scan`, as after a scan")
    state: TicketState
    version: int
    at: int
    expires_in: int
    expires_at: int
    client: ClientView
    client_unverified: bool
    address: str = Field(description="the client's IP address, as the gateway sees it")
    requested_at: int


class LoginRequestsAnswer(Answer):
    """The requests that this phone may open, newest first; `next` is the `since` of the next call."""

    requests: list[LoginRequest]
    next: str
    blocked_until: int | None = absent(description="milliseconds of the gateway's clock, while no new request is shown")


class BlockBody(Body):
    """For how long to show no new request."""

    minutes: int = Field(ge=1, le=LONGEST_BLOCK_MINUTES)


class BlockAnswer(Answer):
    """Until when no new request is shown."""

    blocked_until: int | None = absent(description="milliseconds of the gateway's clock")


def router(targeted: TargetedTickets, longest_wait: float) -> Router:
    """The routes; a wait lasts ``longest_wait`` seconds at most."""

    def read_login_requests(call: Call) -> LoginRequestsAnswer:
        """The clients that ask this account's phones for a login; with `wait`, answers when there is a new one."""
        query: LoginRequestsQuery = call.query
        found = targeted.requests(call.credential, query.since, min(query.wait, longest_wait), call.address)
        return LoginRequestsAnswer(
            requests=[LoginRequest.model_validate(row) for row in found.waiting],
            next=found.newest or query.since,
            blocked_until=found.blocked_until or None,
        )

    def block_login_requests(call: Call, body: BlockBody) -> BlockAnswer:
        """Show no new request for some minutes; the clients that ask are not told."""
        return BlockAnswer(blocked_until=targeted.block(call.credential, body.minutes, call.address))

    def unblock_login_requests(call: Call) -> BlockAnswer:
        """Show new requests again."""
        return BlockAnswer(blocked_until=targeted.block(call.credential, 0, call.address) or None)

    room = Router("login requests", API_PREFIX)
    path = "/app/login-requests"
    room.add(
        "GET",
        path,
        read_login_requests,
        auth=Auth.PHONE,
        query=LoginRequestsQuery,
        returns=LoginRequestsAnswer,
        codes=(Code.SLOW_DOWN,),
    )
    room.add("PUT", f"{path}/block", block_login_requests, auth=Auth.PHONE, body=BlockBody, returns=BlockAnswer)
    room.add("DELETE", f"{path}/block", unblock_login_requests, auth=Auth.PHONE, returns=BlockAnswer)
    return room
