"""Tickets that are aimed at an account: its phones are told, nobody scans."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from scan_to_login.testing.live import LiveGateway
from scan_to_login.testing.wire import Answer
from tests.integration.wire import CLIENT, Phone, Socket, Ticket, Wire

STRANGER = "nobody_has_this"


def ask(wire: Wire, target: str, **body: Any) -> Answer:
    """Request a targeted ticket."""
    return wire.call("POST", "/tickets", json={"client": CLIENT, "target": target, **body})


def asked(wire: Wire, target: str = "agent", **body: Any) -> Ticket:
    """A targeted ticket."""
    answer = ask(wire, target, **body)
    assert answer.status == 201, answer.body
    return Ticket(wire, answer.body)


def waiting(phone: Phone, **query: Any) -> Any:
    """The requests that a phone is shown."""
    answer = phone.wire.call("GET", "/app/login-requests", phone.token, params=query)
    assert answer.status == 200, answer.body
    return answer.body


def freeze(wire: Wire) -> None:
    """Stop the clock."""
    assert wire.call("PUT", "/sim/v1/clock", json={"frozen": True}).status == 200


def in_background(call: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Make a call in a thread; its result is in the list."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(call()), daemon=True)
    thread.start()
    return thread, found


def test_a_waiting_phone_is_told_and_confirms_with_the_clients_number(wire: Wire) -> None:
    phone = wire.phone()
    thread, found = in_background(lambda: waiting(phone, wait=20))
    ticket = asked(wire)
    assert "qr" not in ticket.issued
    thread.join(10)
    [request] = found[0]["requests"]
    assert (request["ticket_id"], request["state"], found[0]["next"]) == (ticket.id, "pending", ticket.id)
    assert request["client"] == CLIENT
    assert "number" not in request
    page = phone.scan(ticket.id).body
    assert (page["number_matching"], page.get("number")) == ("require", None)
    number = ticket.poll(since=0).body["number"]
    wrong = f"{(int(number) + 1) % 100:02}"
    for given in ({}, {"number": wrong}):
        assert phone.confirm(ticket.id, body=given).code == "number_mismatch"
        wire.advance(20)
    assert phone.confirm(ticket.id, body={"number": number}).body["state"] == "confirmed"
    session = ticket.claim().body
    assert session["account"]["login_name"] == "agent"
    assert waiting(phone)["requests"] == []


def test_the_phones_messages_tell_of_the_request_and_then_of_the_login(wire: Wire) -> None:
    phone = wire.phone()
    before = wire.call("GET", "/app/messages", phone.token).body["next"]
    thread, found = in_background(
        lambda: wire.call("GET", "/app/messages", phone.token, params={"since": before, "wait": 20}).body
    )
    ticket = asked(wire)
    thread.join(10)
    [message] = found[0]["messages"]
    assert (message["notice"], message["ticket_id"]) == ("login_request", ticket.id)
    phone.scan(ticket.id)
    phone.confirm(ticket.id, body={"number": ticket.poll(since=0).body["number"]})
    ticket.claim()
    told = wire.call("GET", "/app/messages", phone.token, params={"since": message["message_id"]}).body["messages"]
    assert [(one["notice"], one["channel"]) for one in told] == [("login", "targeted")]


def test_a_phone_waits_for_what_it_has_not_seen(wire: Wire) -> None:
    phone = wire.phone()
    freeze(wire)
    first = asked(wire)
    seen = waiting(phone)["next"]
    assert seen == first.id
    thread, found = in_background(lambda: waiting(phone, since=seen, wait=20))
    second = asked(wire, client={**CLIENT, "device": "PC-8"})
    thread.join(10)
    assert [one["ticket_id"] for one in found[0]["requests"]] == [second.id, first.id]


def test_over_a_socket_the_client_is_pushed_every_state(gateway: LiveGateway) -> None:
    wire = Wire(gateway.url)
    phone = wire.phone()
    socket = Socket(gateway.url)
    issued = socket.call("request_ticket", {"client": CLIENT, "target": "13800000003"})
    assert "qr" not in issued
    phone.scan(issued["ticket_id"])
    told = socket.event()
    assert (told["state"], told["scanned_by"]["display_name"]) == ("scanned", phone.login["account"]["display_name"])
    phone.confirm(issued["ticket_id"], body={"number": told["number"]})
    assert socket.event()["state"] == "confirmed"
    socket.close()


@pytest.mark.parametrize("action", ["scan", "confirm", "reject"])
def test_another_accounts_phone_sees_and_opens_nothing(wire: Wire, action: str) -> None:
    own, other = wire.phone("agent"), wire.phone("single")
    ticket = asked(wire)
    assert waiting(other)["requests"] == []
    for opened in (False, True):
        if opened:
            assert own.scan(ticket.id).status == 200
        body = {"otp": other.otp(lasting=True)} if action == "confirm" else {}
        answer = wire.call("POST", f"/tickets/{ticket.id}/{action}", other.token, json=body)
        unknown = wire.call("POST", f"/tickets/{'x' * 22}/{action}", other.token, json=body)
        assert (answer.status, answer.code) == (unknown.status, unknown.code) == (404, "ticket_not_found")
        assert answer.body == unknown.body


def test_a_second_phone_of_the_account_no_longer_sees_what_the_first_has_opened(wire: Wire) -> None:
    first, second = wire.phone(), wire.phone()
    ticket = asked(wire)
    assert first.scan(ticket.id).status == 200
    assert [one["state"] for one in waiting(first)["requests"]] == ["scanned"]
    assert waiting(second)["requests"] == []
    assert second.scan(ticket.id).code == "ticket_taken"
    assert first.reject(ticket.id).body["state"] == "rejected"
    assert waiting(first)["requests"] == []
    assert ticket.poll().code == "ticket_rejected"


def test_there_is_no_qr_of_it(wire: Wire) -> None:
    ticket = asked(wire)
    for picture in ("svg", "png"):
        assert wire.call("GET", f"/tickets/{ticket.id}/qr.{picture}").code == "ticket_not_found"


def without_secrets(answer: Answer) -> dict[str, Any]:
    """An answer as far as two of them can be compared."""
    own = {"ticket_id", "claim_secret"}
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "x-gateway-time")}
    return {"status": answer.status, "names": sorted(answer.body), "headers": sorted(headers)} | {
        name: value for name, value in answer.body.items() if name not in own
    }


# One with a phone; one that is locked; one without a phone; one by another name.
@pytest.mark.parametrize("who", ["agent", "locked", "13800000004"])
def test_the_answer_is_that_for_nobody(wire: Wire, who: str) -> None:
    wire.phone("agent")
    freeze(wire)
    known, unknown = ask(wire, who), ask(wire, STRANGER)
    assert without_secrets(known) == without_secrets(unknown)
    again, again_unknown = ask(wire, who), ask(wire, STRANGER)
    assert again.code == "too_many_tickets"
    assert again.body == again_unknown.body
    tickets = [Ticket(wire, answer.body) for answer in (known, unknown)]
    polled = [ticket.poll(since=0).body for ticket in tickets]
    assert [state["state"] for state in polled] == ["pending", "pending"]
    assert sorted(polled[0]) == sorted(polled[1])


def test_spellings_of_one_account_do_not_show_that_they_are(wire: Wire) -> None:
    answers = [ask(wire, name) for name in ("agent", "13800000003", STRANGER, "13900000000")]
    assert [answer.status for answer in answers] == [201] * 4


def test_the_time_is_that_for_nobody(wire: Wire) -> None:
    """Medians of calls in turn: a difference of the work is not seen behind the even time."""
    wire.phone()
    taken: dict[str, list[float]] = {"agent": [], STRANGER: []}
    for number in range(10):
        for name, times in taken.items():
            began = time.perf_counter()
            assert ask(wire, name, client={**CLIENT, "device": f"PC-{number}"}).status == 201
            times.append(time.perf_counter() - began)
    assert min(map(min, taken.values())) >= 0.03
    known, unknown = (statistics.median(times) for times in taken.values())
    assert abs(known - unknown) < 0.03


def test_a_client_has_one_live_request_of_a_name_and_may_replace_it(wire: Wire) -> None:
    first = asked(wire)
    refused = ask(wire, "agent")
    assert refused.code == "too_many_tickets"
    assert 0 < refused.body["retry_after"] <= 120
    replaces = {"ticket_id": first.id, "claim_secret": first.secret}
    assert ask(wire, "agent", replaces={**replaces, "claim_secret": "wrong"}).code == "too_many_tickets"
    second = asked(wire, replaces=replaces)
    assert first.poll().code == "ticket_cancelled"
    wire.advance(refused.body["retry_after"] + 1)
    assert second.poll().code == "ticket_expired"
    asked(wire)


@pytest.mark.parametrize("name", ["agent", STRANGER])
def test_floods_at_one_name_are_refused(wire: Wire, name: str) -> None:
    for number in range(10):
        asked(wire, name, client={**CLIENT, "device": f"PC-{number}"})
    refused = ask(wire, name, client={**CLIENT, "device": "PC-more"})
    assert (refused.status, refused.code) == (429, "rate_limited")
    assert 0 < refused.body["retry_after"] <= 600
    assert ask(wire, "single").status == 201
    assert wire.call("POST", "/tickets", json={"client": CLIENT}).status == 201
    wire.advance(601)
    asked(wire, name)


def test_who_wants_no_requests_gets_none_and_the_client_is_not_told(wire: Wire) -> None:
    phone = wire.phone()
    first = asked(wire)
    phone.scan(first.id)
    phone.reject(first.id)
    until = wire.call("PUT", "/app/login-requests/block", phone.token, json={"minutes": 15}).body["blocked_until"]
    assert 0 < until - wire.now_ms() <= 15 * 60_000
    second = asked(wire)
    assert waiting(phone) == {"requests": [], "next": "", "blocked_until": until}
    assert second.poll(since=0).body["state"] == "pending"
    notices = [one["notice"] for one in wire.call("GET", "/app/messages", phone.token).body["messages"]]
    assert notices.count("login_request") == 1
    wire.advance(15 * 60 + 1)
    assert [one["ticket_id"] for one in waiting(phone)["requests"]] == []
    third = asked(wire)
    assert [one["ticket_id"] for one in waiting(phone)["requests"]] == [third.id]
    wire.call("PUT", "/app/login-requests/block", phone.token, json={"minutes": 15})
    assert wire.call("DELETE", "/app/login-requests/block", phone.token).body == {}
    wire.advance(121)
    fourth = asked(wire)
    assert [one["ticket_id"] for one in waiting(phone)["requests"]] == [fourth.id]


def test_audit_log_and_journal_say_that_it_was_targeted(wire: Wire) -> None:
    phone = wire.phone()
    ticket = asked(wire)
    phone.scan(ticket.id)
    phone.confirm(ticket.id, body={"number": ticket.poll(since=0).body["number"]})
    ticket.claim()
    events = wire.call("GET", "/account/events", phone.token).body["events"]
    told = {
        event["action"]: event["detail"].get("targeted") for event in events if event["action"].startswith("ticket")
    }
    assert told == dict.fromkeys(("ticket.request", "ticket.scan", "ticket.confirm", "ticket.claim"), "1")
    entries = wire.call("GET", "/sim/v1/journal", params={"since": 0}).body["entries"]
    steps = [entry for entry in entries if entry.get("ticket_id") == ticket.id and entry["kind"] == "transition"]
    assert steps
    assert all(entry["body"]["targeted"] == "1" for entry in steps)
    untargeted = wire.ticket()
    phone.scan(untargeted.id)
    latest = wire.call("GET", "/account/events", phone.token).body["events"][0]
    assert "targeted" not in latest["detail"]


@pytest.mark.slow
def test_a_gateway_without_the_setting_says_so_and_asks_nobody() -> None:
    with LiveGateway(environment={"PAIRING_TARGETED_TICKETS": "false"}) as gateway:
        wire = Wire(gateway.url)
        phone = wire.phone()
        for name in ("agent", STRANGER):
            refused = ask(wire, name)
            assert (refused.status, refused.code) == (403, "targeted_tickets_off")
        socket = Socket(gateway.url)
        told = socket.call("request_ticket", {"client": CLIENT, "target": "agent"})
        assert told["error"]["code"] == "targeted_tickets_off"
        socket.close()
        assert waiting(phone)["requests"] == []
