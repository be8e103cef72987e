"""Guessing one-time codes with a stolen phone token: few are looked at, at however many tickets (SECURITY.md 31)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from app_simulator.enrolment import InMemory
from app_simulator.errors import PhoneError
from app_simulator.phone import Phone as AppPhone
from app_simulator.texts import Texts
from scan_to_login.testing.live import LiveGateway
from tests.integration.wire import PASSWORD, Answer, Phone, Wire, together

pytestmark = pytest.mark.slow

WINDOW_SECONDS = 600


def wrong_code(phone: Phone) -> str:
    """A code that is good neither now nor soon."""
    soon = {phone.otp() for _ in range(6)}
    phone.last_step = 0
    return next(code for code in map(str, range(100_000, 100_007)) if code not in soon)


def scanned(phone: Phone) -> str:
    """A ticket that this phone has scanned."""
    ticket = phone.wire.ticket()
    assert phone.scan(ticket.id).status == 200
    return ticket.id


def guess(phone: Phone, tickets: int, *, each: int) -> list[str]:
    """The codes of the refusals of ``each`` wrong one-time codes at ``tickets`` tickets, one after the other."""
    wrong = wrong_code(phone)
    refusals = []
    for _ in range(tickets):
        answer = phone.scan(phone.wire.ticket().id)
        if answer.status != 200:
            return [*refusals, answer.code]
        ticket_id = answer.body["ticket_id"]
        refusals += [phone.confirm(ticket_id, wrong).code for _ in range(each)]
    return refusals


def test_ten_wrong_codes_log_the_phone_out(wire: Wire) -> None:
    """Two a ticket: no single ticket is over, and the device is."""
    phone = wire.phone()
    assert guess(phone, 5, each=2) == ["otp_invalid"] * 9 + ["otp_tries_exhausted"]
    assert wire.call("GET", "/app/session", phone.token).code == "unauthenticated"
    again = wire.phone()
    devices = wire.call("GET", "/app/devices", again.token).body["devices"]
    gone = next(device for device in devices if device["device_id"] == phone.login["device_id"])
    assert gone["revoked_at"] is not None
    again.approve(wire.ticket().id)


def test_parallel_wrong_codes_on_two_workers_are_looked_at_ten_times(wire2: Wire) -> None:
    """Forty tickets, three codes each, all at once: ten answers that depend on the code, and no more."""
    phone = wire2.phone()
    tickets = together([lambda: scanned(phone)] * 40, 20)
    wrong = wrong_code(phone)
    calls = [lambda ticket_id=ticket_id: phone.confirm(ticket_id, wrong) for ticket_id in tickets for _ in range(3)]
    answers: list[Answer] = together(calls, 40)
    told = Counter(answer.code for answer in answers)
    assert told["otp_invalid"] == 9
    assert told["otp_tries_exhausted"] == 1
    assert set(told) <= {"otp_invalid", "otp_tries_exhausted", "unauthenticated"}
    assert phone.confirm(tickets[0]).code == "unauthenticated"


def test_the_tickets_of_a_guessing_phone_are_rejected(wire: Wire) -> None:
    """Its scanned tickets are rejected, and its confirmed ones cannot be claimed."""
    phone = wire.phone()
    confirmed, waiting = wire.ticket(), wire.ticket()
    phone.approve(confirmed.id)
    assert phone.scan(waiting.id).status == 200
    guess(phone, 5, each=2)
    assert waiting.poll(since=1).body["reason"] == "phone_logged_out"
    assert confirmed.claim().code == "ticket_rejected"


def test_wrong_codes_of_declaration_password_resets_count_too(wire: Wire) -> None:
    """One count for the codes of all purposes."""
    phone = wire.phone("legal_rep")
    assert guess(phone, 4, each=2) == ["otp_invalid"] * 8
    units = wire.call("GET", "/sim/v1/seed").body["units"]
    path = f"/units/{next(unit['taxpayer_id'] for unit in units if unit['alias'] == 'A')}/declaration-password"
    body = {"new_password": "Other-2026", "otp": wrong_code(phone)}
    codes = [wire.call("POST", path, phone.token, json=body).code for _ in range(3)]
    assert codes == ["otp_invalid", "otp_tries_exhausted", "unauthenticated"]


def test_wrong_codes_of_the_last_ten_minutes_count(wire: Wire) -> None:
    """Nine typing errors in ten minutes, again and again, log no phone out."""
    phone = wire.phone()
    for _ in range(2):
        assert guess(phone, 3, each=3) == ["otp_invalid"] * 9
        wire.advance(WINDOW_SECONDS + 1)
    phone.approve(wire.ticket().id)


def test_an_accounts_phones_guess_together(wire: Wire) -> None:
    """Any number of phones can be enrolled: after thirty wrong codes none of the account is looked at for a while."""
    for _ in range(3):
        assert guess(wire.phone(), 5, each=2)[-1] == "otp_tries_exhausted"
    phone, other = wire.phone(), wire.phone("single")
    refused = phone.confirm(scanned(phone))
    assert refused.code == "rate_limited"
    assert 0 < refused.body["retry_after"] <= WINDOW_SECONDS
    other.approve(wire.ticket().id)
    wire.advance(WINDOW_SECONDS + 1)
    phone.approve(wire.ticket().id)


@pytest.mark.parametrize(("language", "words"), [("en", "Log in again"), ("zh", "重新登录")])
def test_the_phone_says_that_it_is_logged_out(gateway: LiveGateway, language: str, words: str) -> None:
    """The phone's class has the code, and a sentence for it in both languages."""
    wire = Wire(gateway.url)
    memory = InMemory()
    with AppPhone(gateway.url, memory=memory) as phone:
        phone.login("agent", PASSWORD)
    enrolment = memory.load()
    assert enrolment is not None
    guess(Phone(wire, {"access_token": enrolment.access_token, "otp_secret": enrolment.otp_secret}), 3, each=3)
    memory.save(replace(enrolment, otp_secret="A" * 32))  # as if the app's storage were damaged
    with AppPhone(gateway.url, memory=memory) as phone, pytest.raises(PhoneError) as refused:
        phone.confirm(phone.scan(wire.ticket().issued["qr"]))
    assert refused.value.code == "otp_tries_exhausted"
    assert words in refused.value.sentence(Texts(language))
