"""A computer that was remembered after a login asks the same person's phone, without a QR and without a name."""

from __future__ import annotations

import pytest

from scan_to_login.testing.live import LiveGateway
from tests.integration.pairing.computers import ask, by_computer, by_scan, claim, computers
from tests.integration.wire import CLIENT, Phone, Wire

DAY = 86_400


def test_it_asks_the_persons_phone_and_its_token_changes_each_time(wire: Wire) -> None:
    phone = wire.phone()
    first = by_scan(wire, phone)
    [listed] = computers(phone)
    assert (listed["client_name"], listed["device_name"]) == (CLIENT["name"], CLIENT["device"])
    assert listed["network"] == "127.0.0.0/24"
    second = by_computer(wire, phone, first)
    third = by_computer(wire, phone, second)
    assert len({first, second, third}) == 3
    assert [one["remembered_id"] for one in computers(phone)] == [listed["remembered_id"]]
    shown = wire.call("GET", "/app/messages", phone.token).body["messages"]
    assert [one["channel"] for one in shown if one["notice"] == "login"][-1] == "targeted"


def test_a_claim_that_does_not_ask_for_it_is_not_remembered(wire: Wire) -> None:
    phone = wire.phone()
    ticket = wire.ticket()
    phone.approve(ticket.id)
    assert "remembered" not in claim(ticket, remember=False)
    assert computers(phone) == []


def test_a_repeated_claim_gets_the_same_token(wire: Wire) -> None:
    phone = wire.phone()
    ticket = wire.ticket()
    phone.approve(ticket.id)
    first, again = claim(ticket, key="k"), claim(ticket, key="k")
    assert first["remembered"] == again["remembered"]
    assert len(computers(phone)) == 1
    wire.advance(31)
    assert ask(wire, first["remembered"]).status == 201


def test_a_token_that_was_used_before_makes_it_forgotten(wire: Wire) -> None:
    phone = wire.phone()
    first = by_scan(wire, phone)
    second = by_computer(wire, phone, first)
    stolen = ask(wire, first)
    assert (stolen.status, stolen.code) == (403, "remembered_invalid")
    assert ask(wire, second).code == "remembered_invalid"
    assert computers(phone) == []
    actions = [event["action"] for event in wire.call("GET", "/account/events", phone.token).body["events"]]
    assert "remembered.reuse" in actions


@pytest.mark.parametrize("client", [{"device": "PC-8"}, {"name": "another program"}])
def test_another_computer_cannot_use_the_token(wire: Wire, client: dict[str, str]) -> None:
    phone = wire.phone()
    token = by_scan(wire, phone)
    assert ask(wire, token, **client).code == "remembered_invalid"
    assert ask(wire, token).status == 201


@pytest.mark.parametrize("token", ["x", "A" * 65, "é" * 65, "A" * 22 + "." + "B" * 42])
def test_a_guessed_token_is_refused(wire: Wire, token: str) -> None:
    assert ask(wire, token).code == "remembered_invalid"


def test_it_is_not_beside_a_target(wire: Wire) -> None:
    body = {"client": CLIENT, "remembered": "x" * 65, "target": "agent"}
    assert wire.call("POST", "/tickets", json=body).code == "invalid_request"


def test_it_ends_after_its_time_and_each_login_prolongs_it(wire: Wire) -> None:
    phone = wire.phone()
    token = by_scan(wire, phone)
    wire.advance(29 * DAY)
    token = by_computer(wire, phone, token)
    phone = wire.phone()
    wire.advance(29 * DAY)
    assert len(computers(phone)) == 1
    wire.advance(DAY)
    assert ask(wire, token).code == "remembered_invalid"


def test_its_person_forgets_it_on_the_phone(wire: Wire) -> None:
    phone, other = wire.phone("agent"), wire.phone("single")
    token = by_scan(wire, phone)
    path = f"/app/remembered-computers/{computers(phone)[0]['remembered_id']}"
    assert computers(other) == []
    assert wire.call("DELETE", path, other.token).code == "not_found"
    assert wire.call("DELETE", path, phone.token).status == 204
    assert wire.call("DELETE", path, phone.token).code == "not_found"
    assert ask(wire, token).code == "remembered_invalid"


def test_a_login_that_its_person_disowns_takes_it_along(wire: Wire) -> None:
    phone = wire.phone()
    token = by_scan(wire, phone)
    message = wire.call("GET", "/app/messages", phone.token).body["messages"][-1]
    assert wire.call("POST", f"/app/messages/{message['message_id']}/disown", phone.token).body["ended"] is True
    assert computers(phone) == []
    assert ask(wire, token).code == "remembered_invalid"


def test_a_new_password_ends_it(gateway: LiveGateway, wire: Wire) -> None:
    token = by_scan(wire, wire.phone())
    owner = gateway.account("agent")
    gateway.control.hall.reset_password(owner.name, owner.id_number, "Other-2020")
    assert ask(wire, token).code == "remembered_invalid"
    answer = wire.call(
        "POST",
        "/app/sessions",
        json={"identifier": "agent", "password": "Other-2020", "device": {"name": "n", "model": "m"}},
    )
    assert computers(Phone(wire, answer.body)) == []


def test_a_disabled_account_has_none(gateway: LiveGateway, wire: Wire) -> None:
    token = by_scan(wire, wire.phone())
    gateway.control.hall.disable("agent")
    assert ask(wire, token).code == "remembered_invalid"


@pytest.mark.slow
def test_where_it_is_off_nothing_is_remembered_and_where_names_are_off_it_still_works() -> None:
    off = {"PAIRING_REMEMBERED_SECONDS": "0"}
    with LiveGateway(environment=off) as gateway:
        wire = Wire(gateway.url)
        ticket, phone = wire.ticket(), wire.phone()
        phone.approve(ticket.id)
        assert "remembered" not in claim(ticket)
    with LiveGateway(environment={"PAIRING_TARGETED_TICKETS": "false"}) as gateway:
        wire = Wire(gateway.url)
        phone = wire.phone()
        by_computer(wire, phone, by_scan(wire, phone))
