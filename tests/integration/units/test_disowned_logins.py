"""*This wasn't me*: a message of a login ends the session that the login began."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from scan_to_login.testing.live import LiveGateway
from tests.integration.units.conftest import PASSWORD, Caller, Wire, code_of


def newest(phone: Caller) -> dict[str, Any]:
    found: dict[str, Any] = phone.get("/app/messages").json()["messages"][-1]
    return found


def disown(phone: Caller, message_id: str) -> requests.Response:
    return phone.send("POST", f"/app/messages/{message_id}/disown")


def test_a_login_by_qr_is_ended_by_the_message_that_tells_of_it(gateway: LiveGateway) -> None:
    with Phone(gateway.url) as phone, Client(gateway.url) as client:
        phone.login("agent", PASSWORD)
        ticket = client.request_ticket()
        phone.confirm(phone.scan(ticket.qr))
        client.wait_for("confirmed")
        client.claim()
        client.verify_unit("A", "Unit-2019")
        message = phone.messages()[-1]
        assert (message.channel, message.in_force, message.current) == ("qr", True, False)
        assert phone.disown_login(message.message_id) is True
        with pytest.raises(ClientError, match="unauthenticated"):
            client.menu()
        assert phone.messages()[-1].in_force is False
        assert phone.disown_login(message.message_id) is False
        ended = [event for event in phone.events() if event["action"] == "login.disown"]
        assert ended[0]["detail"]["disowned_session_id"] == message.session_id


@pytest.mark.parametrize("channel", ["client", "web", "phone"])
def test_a_login_by_password_is_ended_and_no_other(wire: Wire, channel: str) -> None:
    phone, other = wire.phone("agent"), wire.web("agent")
    stranger: Caller = getattr(wire, channel)("agent")
    message = newest(phone)
    assert (message["channel"], message["in_force"], message["current"]) == (channel, True, False)
    answer = disown(phone, message["message_id"])
    assert (answer.status_code, answer.json()) == (200, {"session_id": message["session_id"], "ended": True})
    path = {"client": "/session", "web": "/web/session", "phone": "/app/session"}[channel]
    assert stranger.get(path).status_code == 401
    assert other.get("/web/session").status_code == 200


def test_a_phone_that_is_disowned_can_no_longer_confirm_what_it_has_scanned(wire: Wire) -> None:
    phone, stranger = wire.phone("agent"), wire.phone("agent")
    info = {"name": "c", "version": "1", "device": "d"}
    ticket = wire.post("/tickets", client=info).json()
    stranger.send("POST", f"/tickets/{ticket['ticket_id']}/scan")
    assert disown(phone, newest(phone)["message_id"]).json()["ended"] is True
    refused = stranger.send("POST", f"/tickets/{ticket['ticket_id']}/confirm", otp=stranger.otp(at_ms=wire.now()))
    assert code_of(refused) == "unauthenticated"
    told = wire.call("GET", f"/tickets/{ticket['ticket_id']}?since=0", f"Ticket {ticket['claim_secret']}").json()
    assert told["state"] == "rejected"


def test_ones_own_login_is_not_ended_this_way(wire: Wire) -> None:
    phone = wire.phone("agent")
    message = newest(phone)
    assert message["current"] is True
    assert code_of(disown(phone, message["message_id"])) == "forbidden"
    assert phone.get("/app/session").status_code == 200


def test_only_ones_own_messages_about_logins_count(wire: Wire) -> None:
    phone, other = wire.phone("agent"), wire.phone("newcomer")
    wire.phone("agent")
    theirs = newest(phone)["message_id"]
    wire.phone("legal_rep").grant(wire.units["A"], **wire.person("newcomer"))
    granted = newest(other)
    assert granted["notice"] == "authorization_granted"
    for message_id in (theirs, granted["message_id"], "nothing", "0" * 15 + "-000000", "9" * 15 + "-000000"):
        answer = disown(other, message_id)
        assert (answer.status_code, code_of(answer)) == (404, "not_found")


def test_the_phone_class_says_why_it_refuses(gateway: LiveGateway) -> None:
    with Phone(gateway.url) as phone:
        phone.login("agent", PASSWORD)
        with pytest.raises(PhoneError) as refused:
            phone.disown_login(phone.messages()[-1].message_id)
        assert refused.value.code == "forbidden"
