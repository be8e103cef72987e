"""Tickets from outside (SECURITY.md, Tickets 1 to 7): actors, actions, order and number."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
import redis

from gateway.config import Settings
from gateway.foundation.keys import Keys
from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import CLIENT, Socket, Wire, together


def test_one_of_100_parallel_claims_on_two_workers_succeeds(wire2: Wire) -> None:
    """Ticket 1: one session; the other claims get the refusal of a spent ticket."""
    ticket, phone = wire2.ticket(), wire2.phone()
    phone.approve(ticket.id)
    answers = together([lambda: ticket.claim()] * 100)
    assert Counter(answer.status for answer in answers) == {200: 1, 410: 99}
    assert {answer.code for answer in answers if answer.status == 410} == {"ticket_spent"}
    sessions = wire2.call("GET", "/app/sessions", phone.token)
    if sessions.status == 200:
        assert str(sessions.body).count("'client'") <= 1


def test_100_parallel_claims_with_one_key_get_one_session(wire2: Wire) -> None:
    """A client that repeats itself in a hurry is one client."""
    ticket, phone = wire2.ticket(), wire2.phone()
    phone.approve(ticket.id)
    answers = together([lambda: ticket.claim(key="one")] * 100)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["access_token"] for answer in answers}) == 1


def test_200_parallel_confirms_and_rejects_come_to_one_end(wire2: Wire) -> None:
    """Ticket 1: whichever came first; every answer agrees with it."""
    with Socket(wire2.url) as socket:
        issued = socket.request()
        phone = wire2.phone()
        phone.scan(issued["ticket_id"])
        code = phone.otp()
        calls = [lambda: phone.confirm(issued["ticket_id"], code), lambda: phone.reject(issued["ticket_id"])] * 100
        answers = together(calls)
        assert socket.event()["state"] == "scanned"
        end = socket.event()["state"]
        assert socket.resume(issued)["state"] == end
        assert not socket.events
    confirms, rejects = answers[::2], answers[1::2]
    if end == "confirmed":
        assert {answer.status for answer in confirms} == {200}
        assert {answer.code for answer in rejects} == {"ticket_wrong_state"}
    else:
        assert end == "rejected"
        assert {answer.code for answer in confirms} == {"ticket_rejected"}
        assert {answer.status for answer in rejects} == {200}


def test_of_two_phones_that_scan_at_once_one_owns_the_ticket(wire2: Wire) -> None:
    """Ticket 2: the other gets 409, each time, and changes nothing."""
    phones = [wire2.phone("agent"), wire2.phone("single")]
    for _ in range(10):
        ticket = wire2.ticket()
        answers = together([lambda p=phone, t=ticket: p.scan(t.id) for phone in phones] * 5)  # type: ignore[misc]
        by_phone = [{answer.status for answer in answers[index::2]} for index in (0, 1)]
        assert sorted(by_phone, key=str) == [{200}, {409}]
        winner, loser = phones if by_phone[0] == {200} else reversed(phones)
        before = ticket.poll().body
        assert loser.confirm(ticket.id, "123456").code == "ticket_taken"
        assert loser.reject(ticket.id).code == "ticket_taken"
        assert ticket.poll().body == before
        assert before["version"] == 2
        assert winner.scan(ticket.id).status == 200


def test_a_phone_that_repeats_its_confirm_gets_the_same_answer(wire: Wire) -> None:
    """The answer was lost on the way: the same request, the same body, one push."""
    with Socket(wire.url) as socket:
        issued = socket.request()
        phone = wire.phone()
        phone.scan(issued["ticket_id"])
        code = phone.otp()
        first = phone.confirm(issued["ticket_id"], code)
        again = [phone.confirm(issued["ticket_id"], code) for _ in range(3)]
        assert {(answer.status, answer.body["version"], answer.body["state"]) for answer in (first, *again)} == {
            (200, 3, "confirmed")
        }
        assert [socket.event()["version"] for _ in range(2)] == [2, 3]
        socket.call("resume_ticket", {"ticket_id": issued["ticket_id"], "claim_secret": issued["claim_secret"]})
        assert not socket.events


def test_scan_confirm_claim_in_that_order_alone(wire: Wire) -> None:
    """Ticket 3: 409 otherwise; a scan alone never logs a person in."""
    ticket, phone = wire.ticket(), wire.phone()
    assert (phone.confirm(ticket.id, "123456").status, phone.reject(ticket.id).status) == (409, 409)
    early = ticket.claim()
    assert (early.status, early.code) == (409, "ticket_not_confirmed")
    assert early.body["state"] == "pending"
    phone.scan(ticket.id)
    assert (ticket.claim().status, ticket.claim().code) == (409, "ticket_not_confirmed")
    phone.confirm(ticket.id)
    assert (phone.reject(ticket.id).status, phone.scan(ticket.id).code) == (409, "ticket_wrong_state")
    assert (ticket.cancel().status, ticket.cancel().code) == (409, "ticket_wrong_state")
    assert ticket.claim().status == 200


def test_a_refresh_kills_the_old_ticket_at_once(wire: Wire) -> None:
    """Ticket 4: its clients get the end, the phone's confirm is refused, and later calls get 410."""
    with Socket(wire.url) as socket:
        old = socket.request()
        phone = wire.phone()
        phone.scan(old["ticket_id"])
        assert socket.event()["state"] == "scanned"
        new = socket.request(replaces=old)
        dead = socket.event()
        assert (dead["ticket_id"], dead["state"], dead["reason"]) == (old["ticket_id"], "cancelled", "replaced")
        assert phone.confirm(old["ticket_id"]).code == "ticket_cancelled"
        assert wire.call("GET", f"/tickets/{old['ticket_id']}", f"Ticket {old['claim_secret']}").status == 410
        phone.approve(new["ticket_id"])
        assert socket.until("confirmed")["ticket_id"] == new["ticket_id"]


def test_a_dead_ticket_answers_410_while_its_tombstone_lives(wire: Wire) -> None:
    """Ticket 4: for ten minutes after its deadline on a real clock; here the clock is moved by nine."""
    ticket, phone = wire.ticket(), wire.phone()
    assert phone.scan(ticket.id).status == 200
    assert phone.reject(ticket.id).body["reason"] == "rejected_on_phone"
    wire.advance(9 * 60)
    for answer in (phone.scan(ticket.id), ticket.claim(), ticket.poll(), ticket.cancel()):
        assert (answer.status, answer.code) == (410, "ticket_rejected")


def test_the_phone_sees_what_the_server_saw(wire: Wire) -> None:
    """Ticket 5: address and time are the gateway's own; the client's claims about itself are marked as unverified."""
    client = {"name": "<img src=x onerror=alert(1)>", "version": "'\"&", "device": "{{7*7}}${7*7}"}
    ticket = wire.call("POST", "/tickets", json={"client": client}, headers={"X-Forwarded-For": "6.6.6.6"}).body
    page = wire.phone().scan(ticket["ticket_id"], headers={"X-Forwarded-For": "6.6.6.6"}).body
    assert page["client"] == client
    assert page["client_unverified"] is True
    assert (page["address"], page["same_address"]) == ("127.0.0.1", True)
    assert abs(page["requested_at"] - wire.now_ms()) < 60_000
    assert re.fullmatch(r"[1-9][0-9]", page["number"])


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", "\u202d{0}{1}\u202c"])
def test_codes_that_people_type_are_read_however_they_are_spaced(wire: Wire, typed: str) -> None:
    """``123 456``: devise-two-factor#195, securedrop#820, WordPress two-factor#317; in full width: shirasagi#5240."""
    ticket, phone = wire.ticket(), wire.phone()
    number = phone.scan(ticket.id).body["number"].translate({ord(digit): 0xFEE0 + ord(digit) for digit in "0123456789"})
    code = phone.otp()
    confirmed = phone.confirm(ticket.id, typed.format(code[:3], code[3:]), body={"number": f" {number}"})
    assert (confirmed.status, confirmed.body["state"]) == (200, "confirmed")


def test_no_event_poll_page_or_qr_carries_a_token(wire: Wire) -> None:
    """Ticket 6: it comes from the claim alone."""
    with Socket(wire.url) as socket:
        issued = socket.request()
        phone = wire.phone()
        told = [phone.scan(issued["ticket_id"]).body, phone.confirm(issued["ticket_id"]).body]
        told += [socket.event(), socket.event(), socket.resume(issued)]
        told.append(wire.call("GET", f"/tickets/{issued['ticket_id']}", f"Ticket {issued['claim_secret']}").body)
        text = json.dumps(told)
        assert not re.search(r"[A-Za-z0-9_-]{40,}", text)
        for word in ("token", "secret", "account_id", "session"):
            assert word not in text


@pytest.mark.parametrize("how", ["logout", "revocation"])
def test_a_phone_that_is_gone_takes_its_confirm_back(wire: Wire, how: str) -> None:
    """Ticket 7: if its session ends between confirm and claim, the claim fails, and the client gets the reason."""
    with Socket(wire.url) as socket:
        issued = socket.request()
        phone, other = wire.phone(), wire.phone()
        phone.approve(issued["ticket_id"])
        if how == "logout":
            assert wire.call("DELETE", "/app/session", phone.token).status == 204
        else:
            device = phone.login["device_id"]
            assert wire.call("DELETE", f"/app/devices/{device}", other.token).status == 204
        assert socket.until("rejected")["reason"] == "phone_logged_out"
        claim = wire.call("POST", f"/tickets/{issued['ticket_id']}/claim", f"Ticket {issued['claim_secret']}")
        assert (claim.status, claim.code) == (410, "ticket_rejected")


def test_an_expiry_is_pushed_without_a_request(wire: Wire) -> None:
    """The gateway's own timer pushes it, at the deadline of each state."""
    with Socket(wire.url) as socket:
        phone = wire.phone()
        for lifetime, steps in ((120, 0), (60, 1), (30, 2)):
            issued = socket.request()
            if steps:
                phone.scan(issued["ticket_id"])
                socket.until("scanned")
            if steps == 2:
                phone.confirm(issued["ticket_id"])
                socket.until("confirmed")
            wire.advance(lifetime - 5)
            assert socket.resume(issued)["state"] != "expired"
            wire.advance(6)
            expired = socket.until("expired")
            assert (expired["ticket_id"], expired["version"]) == (issued["ticket_id"], steps + 2)
            assert "scanned_by" not in expired


def test_a_ticket_is_resumed_on_another_socket(wire: Wire) -> None:
    """The new socket gets the pushes; the old one's end changes nothing."""
    with Socket(wire.url) as first, Socket(wire.url) as second:
        issued = first.request()
        assert second.resume(issued)["state"] == "pending"
        first.close()
        phone = wire.phone()
        phone.approve(issued["ticket_id"])
        assert [second.event()["state"], second.event()["state"]] == ["scanned", "confirmed"]
        assert (
            wire.call("POST", f"/tickets/{issued['ticket_id']}/claim", f"Ticket {issued['claim_secret']}").status == 200
        )


def test_a_ticket_is_resumed_on_another_worker(wire2: Wire, two_workers: LiveGateway) -> None:
    """Every waiting socket on every worker gets the pushes; a socket can wait for a ticket of REST."""
    ticket, phone = wire2.ticket(), wire2.phone()
    sockets = [Socket(wire2.url) for _ in range(8)]
    try:
        for socket in sockets:
            assert socket.resume(ticket.issued)["version"] == 1
        phone.approve(ticket.id)
        for socket in sockets:
            assert [socket.event()["version"], socket.event()["version"]] == [2, 3]
    finally:
        for socket in sockets:
            socket.close()


def test_a_cancelled_ticket_is_dead_for_the_phone(wire: Wire) -> None:
    """By REST and by socket; cancelling again is no error."""
    phone = wire.phone()
    ticket = wire.ticket()
    assert [ticket.cancel().body["state"], ticket.cancel().body["state"]] == ["cancelled", "cancelled"]
    assert phone.scan(ticket.id).code == "ticket_cancelled"
    with Socket(wire.url) as socket:
        issued = socket.request()
        body = {"ticket_id": issued["ticket_id"], "claim_secret": issued["claim_secret"]}
        assert socket.call("cancel_ticket", body)["state"] == "cancelled"
        assert phone.scan(issued["ticket_id"]).code == "ticket_cancelled"


def test_one_socket_holds_at_most_twenty_live_tickets(wire: Wire) -> None:
    """The next is refused; replacing one is not."""
    with Socket(wire.url) as socket:
        issued = [socket.request() for _ in range(20)]
        refused = socket.call("request_ticket", {"client": CLIENT})
        assert refused["error"]["code"] == "too_many_tickets"
        assert refused["error"]["retry_after"] > 0
        assert socket.request(replaces=issued[0])["state"] == "pending"


def test_the_answer_to_a_claim(wire: Wire) -> None:
    """Token, masked account, units with what each asks for, and the next step; the session then says the same."""
    ticket = wire.ticket()
    wire.phone("single").approve(ticket.id)
    claimed = ticket.claim().body
    assert claimed["token_type"] == "Bearer"
    assert claimed["next"] == "verify_unit"
    assert [unit["via"] for unit in claimed["units"]] == [["binding"]]
    session = wire.call("GET", "/session", f"Bearer {claimed['access_token']}").body
    assert (session["stage"], session["unit"]) == ("logged_in", None)
    assert session["account"] == claimed["account"]
    unit = claimed["units"][0]["taxpayer_id"]
    verified = wire.call(
        "POST",
        f"/units/{unit}/verification",
        f"Bearer {claimed['access_token']}",
        json={"declaration_password": "Unit-2019"},
    )
    assert verified.body["stage"] == "unit_verified"


def test_a_ticket_stays_one_block_of_memory(gateway: LiveGateway, wire: Wire) -> None:
    """From the request to the claim: spread over 60 blocks, it takes twice the memory, and Redis stops to free it."""
    ticket, phone = wire.ticket(), wire.phone()
    phone.approve(ticket.id)
    assert ticket.claim().status == 200
    with redis.Redis.from_url(gateway.reread()["redis"]["url"]) as client:
        assert client.object("encoding", Keys(Settings().redis_prefix).ticket(ticket.id)) in (b"listpack", b"ziplist")
