"""Routes of what belongs to an account: its sessions, its devices, its events, and the WEB platform's session."""

import json
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from gateway.accounts.routes import (
    LOGIN_CODES,
    AccountView,
    CaptchaField,
    Identifier,
    Password,
    account_view,
    captcha_of,
)
from gateway.accounts.service import AccountService
from gateway.audit.audit_log import AuditEvent
from gateway.foundation.clock import Clock
from gateway.http.routes import Answer, Auth, Body, Call, Router, absent
from scan_to_login.protocol import API_PREFIX, Code, SessionKind
from scan_to_login.request_shapes import Query


class WebLoginBody(Body):
    """A login on the WEB platform."""

    identifier: Identifier
    password: Password
    captcha: CaptchaField | None = None


class WebLoginAnswer(Answer):
    """A session of the WEB platform."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
    server_time: int = Field(description="milliseconds of the gateway's clock")
    account: AccountView


class WebSessionView(Answer):
    """A session of the WEB platform."""

    account: AccountView
    created_at: int
    expires_at: int
    server_time: int


class SessionView(Answer):
    """A session of this account, on whatever channel; times in milliseconds of the gateway's clock."""

    session_id: str
    kind: SessionKind
    created_at: int
    last_seen: int
    expires_at: int
    address: str
    device_name: str
    device_id: str | None = absent()
    current: bool


class SessionList(Answer):
    """Sessions, newest first."""

    sessions: list[SessionView]


class EndedSessions(Answer):
    """The number of ended sessions."""

    ended: int


class DeviceView(Answer):
    """A device that this account has logged in with."""

    device_id: str
    name: str
    model: str
    enrolled_at: int
    revoked_at: int | None
    current: bool


class DeviceList(Answer):
    """Devices, newest first."""

    devices: list[DeviceView]


class EventQuery(Query):
    """The page of events to read."""

    before: Annotated[str, StringConstraints(pattern=r"^([0-9]{15}-[0-9]{6})?$")] = ""
    limit: int = Field(50, ge=1, le=200)


class EventView(Answer):
    """One audit event of the account: time, action, outcome, address."""

    event_id: str
    at: int = Field(description="milliseconds of the gateway's clock")
    action: str
    outcome: str
    address: str
    device_id: str | None = absent()
    ticket_id: str | None = absent()
    taxpayer_id: str | None = absent()
    detail: dict[str, str] | None = absent()


class EventList(Answer):
    """A page of events, newest first; `next` is the `before` of the next page."""

    events: list[EventView]
    next: str | None


def _event(event: AuditEvent) -> EventView:
    detail: dict[str, Any] | None = json.loads(event.detail) if event.detail else None
    return EventView(
        event_id=event.event_id,
        at=event.at,
        action=event.action,
        outcome=event.outcome,
        address=event.address,
        device_id=event.device_id or None,
        ticket_id=event.ticket_id or None,
        taxpayer_id=event.taxpayer_id or None,
        detail=detail,
    )


def router(service: AccountService, clock: Clock) -> Router:
    """The routes for an account's owner, on phone and WEB platform."""

    def login_web(call: Call, body: WebLoginBody) -> WebLoginAnswer:
        """Log in on the WEB platform."""
        login = service.login_web(body.identifier, body.password, call.address, captcha_of(body.captcha))
        return WebLoginAnswer(
            access_token=login.token,
            expires_in=(login.session.expires_at - login.session.created_at) // 1000,
            server_time=clock.now_ms(),
            account=account_view(login.session),
        )

    def web_session(call: Call) -> WebSessionView:
        """The account that is logged in on the WEB platform."""
        session = service.session_of(call.credential, SessionKind.WEB)
        return WebSessionView(
            account=account_view(session),
            created_at=session.created_at,
            expires_at=session.expires_at,
            server_time=clock.now_ms(),
        )

    def logout_web(call: Call) -> None:
        """Log out of the WEB platform."""
        service.logout(service.session_of(call.credential, SessionKind.WEB))

    def list_sessions(call: Call) -> SessionList:
        """The sessions of this account, on all channels."""
        mine = service.owner(call.credential)
        return SessionList(
            sessions=[
                SessionView(
                    session_id=session.session_id,
                    kind=SessionKind(session.kind),
                    created_at=session.created_at,
                    last_seen=session.last_seen,
                    expires_at=session.expires_at,
                    address=session.address,
                    device_name=session.device_name,
                    device_id=session.device_id or None,
                    current=session.digest == mine.digest,
                )
                for session in service.own_sessions(mine)
            ]
        )

    def end_session(call: Call) -> None:
        """End one session of this account, and reject its tickets."""
        service.end_session(service.owner(call.credential), call.path["session_id"])

    def end_other_sessions(call: Call) -> EndedSessions:
        """End all sessions of this account but this one."""
        return EndedSessions(ended=service.end_other_sessions(service.owner(call.credential)))

    def list_devices(call: Call) -> DeviceList:
        """The devices of this account."""
        session = service.owner(call.credential)
        return DeviceList(
            devices=[
                DeviceView(
                    device_id=device.device_id,
                    name=device.name,
                    model=device.model,
                    enrolled_at=device.enrolled_at,
                    revoked_at=device.revoked_at,
                    current=device.device_id == session.device_id,
                )
                for device in service.devices(session)
            ]
        )

    def revoke_device(call: Call) -> None:
        """Revoke a device: its session ends, and it can no longer confirm."""
        service.revoke_device(service.owner(call.credential), call.path["device_id"])

    def list_events(call: Call) -> EventList:
        """The audit events of this account."""
        query: EventQuery = call.query
        found = service.events(service.owner(call.credential), query.before, query.limit)
        return EventList(
            events=[_event(event) for event in found],
            next=found[-1].event_id if len(found) == query.limit else None,
        )

    room = Router("account", API_PREFIX)
    room.add(
        "POST", "/web/sessions", login_web, body=WebLoginBody, returns=WebLoginAnswer, status=201, codes=LOGIN_CODES
    )
    room.add("GET", "/web/session", web_session, auth=Auth.SESSION, returns=WebSessionView)
    room.add("DELETE", "/web/session", logout_web, auth=Auth.SESSION)
    room.add("GET", "/account/sessions", list_sessions, auth=Auth.SESSION, returns=SessionList)
    room.add("DELETE", "/account/sessions", end_other_sessions, auth=Auth.SESSION, returns=EndedSessions)
    room.add("DELETE", "/account/sessions/<session_id>", end_session, auth=Auth.SESSION, codes=(Code.NOT_FOUND,))
    room.add("GET", "/account/events", list_events, auth=Auth.SESSION, query=EventQuery, returns=EventList)
    room.add("GET", "/app/devices", list_devices, auth=Auth.SESSION, returns=DeviceList)
    room.add("DELETE", "/app/devices/<device_id>", revoke_device, auth=Auth.SESSION, codes=(Code.NOT_FOUND,))
    return room
