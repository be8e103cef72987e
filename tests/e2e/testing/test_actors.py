"""Both sides driven over REST, as a test in another language would."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from scan_to_login.testing import LiveGateway


def test_a_whole_login_by_hand_over_rest(gateway: LiveGateway, phones_process: Any, clients_process: Any) -> None:
    client = clients_process.call("POST", "/clients", 201, {"name": "mine"})
    phone = phones_process.call("POST", "/phones", 201, {"identifier": "agent", "password": "Demo-2019"})
    at, to = f"/phones/{phone['phone_id']}", f"/clients/{client['client_id']}"

    image = clients_process.call("GET", f"{to}/qr.png")
    page = phones_process.call("POST", f"{at}/scan", data=image, headers={"Content-Type": "image/png"})
    assert page["client_name"] == "mine"
    assert page["client_unverified"] is True
    assert phones_process.call("GET", f"{at}/page") == page

    seen = clients_process.call("GET", f"{to}/state", params={"is": "scanned", "wait": 5})
    assert seen["scanned_by"] == {"display_name": "*三", "initial": "三"}
    assert seen["number"] == page["number"]

    assert phones_process.call("POST", f"{at}/confirm")["state"] == "confirmed"
    clients_process.call("GET", f"{to}/state", params={"is": "confirmed", "wait": 5})
    login = clients_process.call("POST", f"{to}/claim")
    assert login["account"]["login_name"] == "agent"
    wish = {"unit": "A", "declaration_password": "Unit-2019"}
    session = clients_process.call("POST", f"{to}/verification", body=wish)
    assert session["stage"] == "unit_verified"


@pytest.mark.parametrize(
    ("persona", "action", "state"),
    [
        ("approves", "confirmed", "confirmed"),
        ("rejects", "rejected", "rejected"),
        ("scans_and_vanishes", "scanned", "scanned"),
        ("wrong_employer", "confirmed", "confirmed"),
    ],
)
def test_a_persona_watches_a_client_and_acts_by_itself(
    gateway: LiveGateway, phones_process: Any, clients_process: Any, persona: str, action: str, state: str
) -> None:
    client = clients_process.call("POST", "/clients", 201, {"ticket": False})
    phone = phones_process.call("POST", "/phones", 201, {"persona": persona})
    at, to = f"/phones/{phone['phone_id']}", f"/clients/{client['client_id']}"
    phones_process.call("POST", f"{at}/watch", 202, {"client": clients_process.url + to})

    clients_process.call("POST", f"{to}/ticket", 201)

    actions = phones_process.call("GET", f"{at}/deeds", params={"wait": 10})["deeds"]
    assert [done["did"] for done in actions] == [action]
    ticket_id = clients_process.call("GET", to)["ticket_id"]
    assert gateway.control.await_ticket(ticket_id, state, timeout=5)["state"] == state
    phones_process.call("DELETE", at, 204)
    clients_process.call("DELETE", to, 204)


def test_a_slow_person_confirms_in_the_end(gateway: LiveGateway, phones_process: Any, clients_process: Any) -> None:
    client = clients_process.call("POST", "/clients", 201)
    phone = phones_process.call("POST", "/phones", 201, {"persona": "slow", "delay": 0.3})
    at = f"/phones/{phone['phone_id']}"
    phones_process.call("POST", f"{at}/watch", 202, {"payload": client["qr"]})
    assert gateway.control.await_ticket(client["ticket_id"], "scanned")["state"] == "scanned"
    assert phones_process.call("GET", f"{at}/deeds", params={"wait": 10})["deeds"][0]["did"] == "confirmed"


@pytest.mark.parametrize(("persona", "code"), [("unregistered", "invalid_credentials"), ("locked", "account_locked")])
def test_a_persona_that_cannot_log_in_scans_nothing(
    gateway: LiveGateway, phones_process: Any, persona: str, code: str
) -> None:
    phone = phones_process.call("POST", "/phones", 201, {"persona": persona})
    assert phone["account"] is None
    assert phone["login_refused"] == code


def test_someone_of_another_employer_does_not_get_through_unit_verification(
    gateway: LiveGateway, phones_process: Any, clients_process: Any
) -> None:
    client = clients_process.call("POST", "/clients", 201)
    phone = phones_process.call("POST", "/phones", 201, {"persona": "wrong_employer"})
    phones_process.call("POST", f"/phones/{phone['phone_id']}/watch", 202, {"payload": client["qr"]})
    to = f"/clients/{client['client_id']}"
    clients_process.call("GET", f"{to}/state", params={"is": "confirmed", "wait": 5})
    clients_process.call("POST", f"{to}/claim")
    wish = {"unit": "A", "declaration_password": "Unit-2019"}
    assert clients_process.call("POST", f"{to}/verification", 404, wish)["code"] == "unit_not_found"


def test_refusals_are_problem_documents_with_the_gateways_codes(
    gateway: LiveGateway, phones_process: Any, clients_process: Any
) -> None:
    wrong = {"identifier": "single", "password": "Wrong-2019"}
    assert phones_process.call("POST", "/phones", 401, wrong)["code"] == "invalid_credentials"
    assert phones_process.call("POST", "/phones", 422, {"persona": "nice"})["code"] == "invalid_request"
    assert phones_process.call("GET", "/phones/none", 404)["code"] == "not_found"
    phone = phones_process.call("POST", "/phones", 201, {"persona": "approves"})
    assert phones_process.call("POST", f"/phones/{phone['phone_id']}/confirm", 409)["code"] == "nothing_scanned"
    client = clients_process.call("POST", "/clients", 201)
    to = f"/clients/{client['client_id']}"
    assert clients_process.call("POST", f"{to}/claim", 409)["code"] == "ticket_not_confirmed"
    assert clients_process.call("GET", f"{to}/session", 409)["code"] == "no_session"
    waited = clients_process.call("GET", f"{to}/state", 408, params={"is": "scanned", "wait": 0})
    assert waited["code"] == "timed_out"


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[" * 30_000, b'{"a":' * 10_000], ids=["cut", "bytes", "lists", "objects"]
)
def test_a_body_that_is_no_json_is_refused(phones_process: Any, clients_process: Any, body: bytes) -> None:
    for actor, path in ((phones_process, "/phones"), (clients_process, "/clients")):
        assert actor.call("POST", path, 400, data=body)["code"] == "malformed_request"


def test_a_page_in_a_browser_cannot_drive_the_actors(phones_process: Any, clients_process: Any) -> None:
    for url in (phones_process.url, clients_process.url):
        assert requests.get(url, headers={"Origin": "http://evil.example"}, timeout=5).status_code == 403
        assert requests.get(url, headers={"Host": "evil.example"}, timeout=5).status_code == 403
