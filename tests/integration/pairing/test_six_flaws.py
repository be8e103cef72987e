"""The six flaws of QR login (USENIX Security 2025), each tried from outside (SECURITY.md)."""

from __future__ import annotations

import base64
import itertools
import json

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import CLIENT, Socket, Wire

pytestmark = pytest.mark.slow

UNKNOWN = "A" * 22


def test_unbound_session_another_client_can_neither_watch_nor_claim(wire: Wire) -> None:
    """With its own secret it gets the answer of an unknown ticket, word for word."""
    victim, attacker, phone = wire.ticket(), wire.ticket(), wire.phone()
    phone.approve(victim.id)
    unknown = wire.call("GET", f"/tickets/{UNKNOWN}", f"Ticket {attacker.secret}")
    foreign = [
        victim.poll(attacker.secret),
        victim.poll(attacker.secret, since=0, wait=5),
        victim.claim(attacker.secret),
        victim.cancel(attacker.secret),
        wire.call("GET", f"/tickets/{victim.id}"),
        wire.call("GET", f"/tickets/{victim.id}", "Ticket "),
        wire.call("GET", f"/tickets/{victim.id}", phone.token),
    ]
    assert {(answer.status, answer.code) for answer in foreign} == {(404, "ticket_not_found")}
    assert all(answer.body == unknown.body for answer in foreign)
    with Socket(wire.url) as socket:
        body = {"ticket_id": victim.id, "claim_secret": attacker.secret}
        assert socket.call("resume_ticket", body)["error"]["code"] == "ticket_not_found"
        assert socket.call("cancel_ticket", body)["error"]["code"] == "ticket_not_found"
        assert socket.request(replaces=body)["state"] == "pending"
    assert victim.claim().status == 200


def test_reusable_qr_after_the_login_everything_is_gone(wire: Wire) -> None:
    """Scan, confirm, reject, poll and claim again: 410, and one session."""
    ticket, phone = wire.ticket(), wire.phone()
    phone.approve(ticket.id)
    assert ticket.claim().status == 200
    other = wire.phone("single")
    again = [
        phone.scan(ticket.id),
        other.scan(ticket.id),
        phone.confirm(ticket.id),
        phone.reject(ticket.id),
        ticket.poll(),
        ticket.poll(since=0, wait=1),
        ticket.claim(),
        ticket.claim(key="another"),
        ticket.cancel(),
    ]
    assert [(answer.status, answer.code) for answer in again] == [(410, "ticket_spent")] * len(again)
    assert wire.ticket(replaces=ticket.issued).issued["state"] == "pending"


def test_predictable_id_they_are_128_random_bits(wire: Wire) -> None:
    """No bit is constant, no two are alike, and neighbours have nothing in common."""
    with Socket(wire.url) as one, Socket(wire.url) as two:
        ids = [base64.urlsafe_b64decode(socket.request()["ticket_id"] + "==") for socket in (one, two) * 20]
    ids += [base64.urlsafe_b64decode(wire.ticket().id + "==") for _ in range(20)]
    assert {len(raw) for raw in ids} == {16}
    assert len(set(ids)) == len(ids)
    numbers = [int.from_bytes(raw) for raw in ids]
    for bit in range(128):
        assert 0 < sum(number >> bit & 1 for number in numbers) < len(numbers)
    assert min((a ^ b).bit_count() for a, b in itertools.pairwise(numbers)) > 20


def test_predictable_id_guesses_are_404_and_then_429(wire: Wire) -> None:
    """With Retry-After, and without locking the owner of a ticket out."""
    # Guesses are counted by the minute: here a minute that does not end.
    assert (
        wire.call("PUT", "/sim/v1/clock", json={"now": wire.now_ms() // 60_000 * 60_000, "frozen": True}).status == 200
    )
    ticket, phone = wire.ticket(), wire.phone()
    codes = [wire.call("GET", f"/tickets/{'B' * 20}{number:02}", "Ticket x").code for number in range(60)]
    codes += [phone.scan(f"{'C' * 20}{number:02}").code for number in range(60)]
    assert codes == sorted(codes, reverse=True)
    assert set(codes) == {"ticket_not_found", "rate_limited"}
    refused = phone.scan("D" * 22)
    assert (refused.status, refused.code) == (429, "rate_limited")
    assert 0 < int(refused.headers["retry-after"]) == refused.body["retry_after"] <= 60
    phone.approve(ticket.id)
    assert ticket.claim().status == 200


@pytest.mark.parametrize("field", ["ticket_id", "claim_secret", "state", "version", "id"])
def test_controllable_id_a_sent_id_is_refused(wire: Wire, field: str) -> None:
    """No caller chooses the id or the secret of a ticket."""
    body = {"client": CLIENT, field: "A" * 22}
    answer = wire.call("POST", "/tickets", json=body)
    assert (answer.status, answer.code) == (422, "invalid_request")
    assert [error["field"] for error in answer.body["errors"]] == [field]
    with Socket(wire.url) as socket:
        assert socket.call("request_ticket", body)["error"]["code"] == "invalid_request"


def test_token_not_validated_absent_foreign_and_ended_tokens_are_401(wire: Wire, gateway: LiveGateway) -> None:
    """On each of the phone's calls; a client's token is 403; and nothing has changed after."""
    ticket, phone, gone, late = wire.ticket(), wire.phone(), wire.phone("single"), wire.phone("finance")
    assert wire.call("DELETE", "/app/session", gone.token).status == 204
    client = wire.ticket()
    phone.approve(client.id)
    session = f"Bearer {client.claim().body['access_token']}"
    token = phone.login["access_token"]
    for action, body in (("scan", None), ("confirm", {"otp": "123456"}), ("reject", None)):
        for bad in ("", "Bearer", "Bearer x", f"Basic {token}", f"Bearer {token}x", f"bearer {token[:-1]}", gone.token):
            answer = wire.call("POST", f"/tickets/{ticket.id}/{action}", bad, json=body)
            assert (answer.status, answer.code) == (401, "unauthenticated"), (action, bad)
            assert answer.headers["www-authenticate"].startswith("Bearer")
        answer = wire.call("POST", f"/tickets/{ticket.id}/{action}", session, json=body)
        assert answer.status == 403
    wire.advance(31 * 86_400)
    assert late.scan(wire.ticket().id).status == 401
    assert ticket.poll().code == "ticket_expired"


def test_token_not_validated_an_account_in_the_body_changes_nothing(wire: Wire) -> None:
    """The token alone decides the account of the login."""
    ticket, phone, other = wire.ticket(), wire.phone("agent"), wire.phone("single")
    for extra in ("account_id", "device_id", "login_name", "user"):
        answer = wire.call(
            "POST", f"/tickets/{ticket.id}/scan", phone.token, json={extra: other.login["account"]["account_id"]}
        )
        assert (answer.status, answer.code) == (422, "invalid_request")
    phone.approve(ticket.id)
    assert ticket.claim().body["account"]["login_name"] == "agent"


def test_data_leak_no_person_is_named_before_the_scan_and_only_masked_after(wire: Wire) -> None:
    """Neither QR, polls nor pushes hold a full name, phone or document number."""
    seed = wire.call("GET", "/sim/v1/seed").body
    person = next(account for account in seed["accounts"] if account["login_name"] == "agent")
    with Socket(wire.url) as socket:
        issued = socket.request()
        phone = wire.phone()
        texts = [issued, phone.scan(issued["ticket_id"]).body, socket.event()]
        texts += [phone.confirm(issued["ticket_id"]).body, socket.event()]
        assert texts[2]["scanned_by"] == {
            "display_name": "*" * (len(person["name"]) - 1) + person["name"][-1],
            "initial": person["name"][-1],
        }
    text = json.dumps(texts, ensure_ascii=False)
    for private in (person["name"], person["phone"], person["id_number"], phone.login["account"]["account_id"]):
        assert private not in text


def test_the_qr_holds_the_address_and_nothing_else(wire: Wire) -> None:
    """Text, SVG and PNG are public, since a camera sees them."""
    import zxingcpp
    from PIL import Image

    ticket = wire.ticket()
    assert ticket.issued["qr"] == f"{wire.url}/q/{ticket.id}"
    svg = wire.call("GET", f"/tickets/{ticket.id}/qr.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    import io

    import requests

    png = requests.get(f"{wire.url}/api/v1/tickets/{ticket.id}/qr.png", timeout=10)
    with Image.open(io.BytesIO(png.content)) as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))] == [ticket.issued["qr"]]
    assert wire.call("GET", f"/tickets/{UNKNOWN}/qr.png").code == "ticket_not_found"
