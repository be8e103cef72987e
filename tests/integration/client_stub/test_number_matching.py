"""`choose` and `return` with real phones and clients: the classes, both command lines, personas, and OAuth."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from client_stub.client import Client
from client_stub.errors import ClientError
from scan_to_login.protocol import Code, NumberMatching, TicketReason
from scan_to_login.terminal.exit_codes import Exit
from scan_to_login.testing import LiveGateway, scan_to_login
from tests.integration.oauth.conftest import Browser, Protocol, reply_of
from tests.integration.phone_command import run

pytestmark = pytest.mark.slow

Start = Callable[..., Any]


@pytest.fixture(scope="module")
def choosing() -> Iterator[LiveGateway]:
    with LiveGateway(environment={"PAIRING_NUMBER_MATCHING": "choose"}) as running:
        yield running
        assert "Traceback" not in running.log, running.log


@pytest.fixture(scope="module")
def returning() -> Iterator[LiveGateway]:
    with LiveGateway(environment={"PAIRING_NUMBER_MATCHING": "return"}) as running:
        yield running
        assert "Traceback" not in running.log, running.log


def phone_at(gateway: LiveGateway) -> Phone:
    """The tax agent's phone, its codes unused."""
    gateway.control.clock.advance(60)
    phone = Phone(gateway.url)
    phone.login("agent", gateway.password_of("agent"))
    return phone


def decoy(choices: tuple[str, ...], number: str | None) -> str:
    """A number that the client does not show."""
    return next(other for other in choices if other != number)


def other_digits(code: str | None) -> str:
    """Six digits that the phone does not show."""
    assert code is not None
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_classes_choose(choosing: LiveGateway) -> None:
    """The right choice logs in; a wrong one ends the login on both sides, for a reason of its own."""
    with phone_at(choosing) as phone, Client(choosing.url) as client:
        unit = choosing.unit("A").taxpayer_id
        assert scan_to_login(phone, client, unit, "Unit-2019").stage == "unit_verified"
        page = phone.scan(client.request_ticket().qr)
        assert (page.number_matching, page.number, len(page.choices)) == (NumberMatching.CHOOSE, None, 3)
        number = client.wait_for("scanned").number
        assert number in page.choices
        with pytest.raises(PhoneError) as refused:
            phone.confirm(page, number=decoy(page.choices, number))
        assert (refused.value.code, refused.value.extra["state"]) == (Code.NUMBER_MISMATCH, "rejected")
        with pytest.raises(ClientError) as ended:
            client.wait_for("confirmed", 10)
        assert ended.value.code == Code.TICKET_REJECTED
        assert client.state is not None
        assert client.state.reason == TicketReason.WRONG_NUMBER


@pytest.mark.parametrize("transport", ["websocket", "poll"])
def test_the_classes_return_the_code(returning: LiveGateway, transport: Any) -> None:
    """The claim needs the code; after a wrong one there are two more tries."""
    with phone_at(returning) as phone, Client(returning.url, transport=transport) as client:
        page = phone.scan(client.request_ticket().qr)
        assert (page.number_matching, page.number, page.choices) == (NumberMatching.RETURN, None, ())
        code = phone.confirm(page).claim_code
        assert client.wait_for("confirmed", 10).claim_code_required
        for typed, told in ((None, Code.CLAIM_CODE_REQUIRED), (other_digits(code), Code.CLAIM_CODE_INVALID)):
            with pytest.raises(ClientError) as refused:
                client.claim(code=typed)
            assert refused.value.code == told
        assert refused.value.extra["claim_tries_left"] == 2
        assert client.claim(code=code).account.login_name == "agent"


def test_three_wrong_codes_end_the_login(returning: LiveGateway) -> None:
    with phone_at(returning) as phone, Client(returning.url) as client:
        code = phone.confirm(phone.scan(client.request_ticket().qr)).claim_code
        client.wait_for("confirmed", 10)
        for _ in range(3):
            with pytest.raises(ClientError) as refused:
                client.claim(code=other_digits(code))
            assert refused.value.code == Code.CLAIM_CODE_INVALID
        with pytest.raises(ClientError) as ended:
            client.claim(code=code)
        assert ended.value.code == Code.TICKET_REJECTED
        assert client.state is not None
        assert client.state.state == "rejected"


def test_a_person_types_the_code_at_the_terminal(returning: LiveGateway, terminal: Start) -> None:
    login = terminal("login", "--gateway", returning.url)
    login.expect("Waiting for a scan")
    with phone_at(returning) as phone:
        qr = next(line for line in login.shown.splitlines() if "/q/" in line).partition("QR content: ")[2]
        code = phone.confirm(phone.scan(qr.strip())).claim_code
        login.expect("Six digits on the phone")
        login.type(f"{other_digits(code)}\n")
        login.expect("These are not the digits that the phone shows.")
        login.expect("Six digits on the phone")
        assert code is not None
        login.type(f"{code[:3]} {code[3:]}\n")  # as people type it
        login.expect("Logged in as *三.")
        login.expect("Number of the unit, 1 to 2")


def test_a_script_writes_the_code_to_standard_input(returning: LiveGateway, script: Start) -> None:
    login = script(
        "login", "--gateway", returning.url, "--json", "--unit", "A", PAIRING_DECLARATION_PASSWORD="Unit-2019"
    )
    with phone_at(returning) as phone:
        code = phone.confirm(phone.scan(login.state()["qr"])).claim_code
    assert login.state()["state"] == "scanned"
    confirmed = login.state()
    assert (confirmed["state"], confirmed["claim_code_required"]) == ("confirmed", True)
    login.write(str(code))
    exit_code, lines, _ = login.end()
    assert (exit_code, lines[-1]["stage"]) == (Exit.DONE, "unit_verified")


def test_without_a_code_a_script_ends_in_a_sentence(returning: LiveGateway, script: Start) -> None:
    login = script("login", "--gateway", returning.url, "--json")
    with phone_at(returning) as phone:
        phone.confirm(phone.scan(login.state()["qr"]))
    exit_code, lines, errors = login.end()  # which closes its input
    assert (exit_code, errors) == (Exit.REFUSED, "")
    assert lines[-1]["error"]["code"] == Code.CLAIM_CODE_REQUIRED


def test_the_phones_command_line_tells_the_code(returning: LiveGateway, tmp_path: Path) -> None:
    environment = {"PAIRING_PASSWORD": returning.password_of("agent"), "XDG_STATE_HOME": str(tmp_path)}
    returning.control.clock.advance(60)
    assert run(["login", "--gateway", returning.url, "--identifier", "agent"], environment).returncode == 0
    with Client(returning.url) as client:
        qr = client.request_ticket().qr
        scanned = run(["scan", qr, "--confirm", "--json", "--lang", "en"], environment)
        assert scanned.returncode == 0, scanned.stderr
        assert client.claim(code=json.loads(scanned.stdout)["ticket"]["claim_code"]).access_token


def test_the_phones_command_line_chooses(choosing: LiveGateway, tmp_path: Path) -> None:
    """Without the number it confirms nothing, and says what is missing."""
    environment = {"PAIRING_PASSWORD": choosing.password_of("agent"), "XDG_STATE_HOME": str(tmp_path)}
    choosing.control.clock.advance(60)
    assert run(["login", "--gateway", choosing.url, "--identifier", "agent"], environment).returncode == 0
    with Client(choosing.url) as client:
        qr = client.request_ticket().qr
        nothing = run(["scan", qr, "--confirm", "--lang", "en"], environment)
        assert (nothing.returncode, "Traceback" in nothing.stderr) == (Exit.USAGE, False)
        number = client.wait_for("scanned").number
        assert run(["scan", qr, "--confirm", "--number", str(number)], environment).returncode == 0
        assert client.claim().access_token


def test_a_persona_chooses_what_the_client_shows(choosing: LiveGateway) -> None:
    choosing.control.clock.advance(60)
    held = choosing.control.clients.make()
    choosing.control.phones.make(persona="approves").watch(held)
    held.wait_for("confirmed")
    assert held.claim().account.login_name == "agent"


def test_a_persona_tells_the_code(returning: LiveGateway) -> None:
    returning.control.clock.advance(60)
    held = returning.control.clients.make()
    persona = returning.control.phones.make(persona="approves")
    persona.watch(held)
    assert held.wait_for("confirmed").claim_code_required
    deed = persona.deeds(wait=10).deeds[0]
    assert deed.claim_code is not None
    assert held.claim(code=deed.claim_code).account.login_name == "agent"


def test_a_device_shows_the_number_of_its_pending_answer(choosing: LiveGateway) -> None:
    """RFC 8628 has no place for a number: the pending answer has it beside the error, from the scan on."""
    protocol = Protocol(choosing)
    started = protocol.begin()
    with phone_at(choosing) as phone, ThreadPoolExecutor(1) as thread:
        answer = thread.submit(protocol.poll, started, wait=20)
        page = phone.scan(started["verification_uri_complete"])
        pending = answer.result().json()  # at the scan, since the device has something to show
        assert pending["error"] == "authorization_pending"
        assert pending["number"] in page.choices
        phone.confirm(page, number=pending["number"])
        assert protocol.poll(started).json()["access_token"]


def test_a_device_sends_the_code_with_its_poll(returning: LiveGateway) -> None:
    protocol = Protocol(returning)
    started = protocol.begin()
    with phone_at(returning) as phone:
        code = phone.confirm(phone.scan(started["verification_uri_complete"])).claim_code
    pending = protocol.poll(started).json()
    assert (pending["error"], pending["claim_code_required"]) == ("authorization_pending", True)
    wrong = protocol.poll(started, claim_code=other_digits(code)).json()
    assert (wrong["error"], wrong["claim_tries_left"]) == ("authorization_pending", 2)
    assert protocol.poll(started, claim_code="²²²²²²").json()["claim_tries_left"] == 1
    assert protocol.poll(started, claim_code=str(code)).json()["access_token"]


def test_the_authorize_page_sends_the_code_with_its_claim(returning: LiveGateway) -> None:
    browser = Browser(returning)
    page = browser.open()
    ticket = browser.step(page, "tickets").json()
    own = {"ticket_id": ticket["ticket_id"], "claim_secret": ticket["claim_secret"]}
    with phone_at(returning) as phone:
        code = phone.confirm(phone.scan(ticket["qr"])).claim_code
    missing = browser.step(page, "claim", **own)
    assert (missing.status_code, missing.json()["code"]) == (403, Code.CLAIM_CODE_REQUIRED)
    wrong = browser.step(page, "claim", **own, code=other_digits(code))
    assert (wrong.json()["code"], wrong.json()["claim_tries_left"]) == (Code.CLAIM_CODE_INVALID, 2)
    assert reply_of(browser.step(page, "claim", **own, code=code).json()["location"])["code"]
