"""One-time codes of the gateway's clock, wherever a test puts that: none twice, and no wait without need."""

from __future__ import annotations

from pathlib import Path

import pytest

from app_simulator.enrolment import StateDirectory
from app_simulator.errors import PhoneError
from app_simulator.phone import Phone
from scan_to_login.qr_payload import login_qr

from .fake_gateway import (
    OTHER_TICKET,
    STEP,
    TICKET,
    FakeGateway,
    Waiting,
    code_of,
    problem,
    scan_and_confirm,
    steps_sent,
)


def test_two_logins_in_half_a_minute_need_no_waiting(fake: FakeGateway, phone: Phone, waiting: Waiting) -> None:
    assert scan_and_confirm(phone, TICKET) == "confirmed"
    assert scan_and_confirm(phone, OTHER_TICKET) == "confirmed"
    assert steps_sent(fake) == [STEP - 1, STEP]
    assert not waiting.slept


def test_a_third_login_waits_for_the_next_code_and_says_so(fake: FakeGateway, phone: Phone, waiting: Waiting) -> None:
    told: list[float] = []
    for ticket in (TICKET, OTHER_TICKET, "C" * 22):
        assert scan_and_confirm(phone, ticket, on_wait=told.append) == "confirmed"
    assert steps_sent(fake) == [STEP - 1, STEP, STEP + 1]
    assert told == [15.0]
    assert sum(waiting.slept) == pytest.approx(15.0)


def test_waiting_ends_when_a_test_moves_the_clock(fake: FakeGateway, phone: Phone, waiting: Waiting) -> None:
    def move(_: float) -> None:
        fake.now_ms += 3_600_000

    for ticket in (TICKET, OTHER_TICKET, "C" * 22):
        assert scan_and_confirm(phone, ticket, on_wait=move) == "confirmed"
    assert steps_sent(fake)[-1] == STEP + 119
    assert sum(waiting.slept) <= 1.0


def test_a_caller_that_does_not_wait_gets_the_waiting_time(phone: Phone) -> None:
    for ticket in (TICKET, OTHER_TICKET):
        scan_and_confirm(phone, ticket)
    with pytest.raises(PhoneError) as caught:
        scan_and_confirm(phone, "C" * 22, wait=False)
    assert code_of(caught) == "otp_wait"
    assert "15 s" in caught.value.detail


def test_a_clock_that_stands_still_does_not_hold_the_phone_for_ever(phone: Phone, waiting: Waiting) -> None:
    waiting.runs = False
    for ticket in (TICKET, OTHER_TICKET):
        scan_and_confirm(phone, ticket)
    with pytest.raises(PhoneError) as caught:
        scan_and_confirm(phone, "C" * 22)
    assert code_of(caught) == "otp_wait"
    assert sum(waiting.slept) < 40


@pytest.mark.parametrize("hours", [-3, 5, 24 * 400])
def test_the_code_is_of_the_gateways_clock_wherever_that_stands(fake: FakeGateway, hours: int) -> None:
    fake.now_ms += hours * 3_600_000
    with Phone(fake.url) as phone:
        phone.login("agent", "Demo-2019")
        assert scan_and_confirm(phone, TICKET) == "confirmed"


@pytest.mark.parametrize("minutes", [-90, -1, 1, 2, 60 * 24])
def test_a_clock_moved_between_scan_and_confirm_is_followed(fake: FakeGateway, phone: Phone, minutes: int) -> None:
    page = phone.scan(login_qr(phone.gateway_url, TICKET))
    fake.now_ms += minutes * 60_000
    assert phone.confirm(page).state == "confirmed"
    assert len(fake.bodies("/confirm")) == 2


def test_a_clock_set_back_behind_the_last_code_asks_for_a_new_login(fake: FakeGateway, phone: Phone) -> None:
    scan_and_confirm(phone, TICKET)
    fake.now_ms -= 3_600_000
    with pytest.raises(PhoneError) as caught:
        scan_and_confirm(phone, OTHER_TICKET)
    assert code_of(caught) == "clock_moved_back"
    phone.login("agent", "Demo-2019")
    assert scan_and_confirm(phone, OTHER_TICKET) == "confirmed"


def test_a_code_refused_in_its_time_step_is_reported_after_one_more_try(fake: FakeGateway, phone: Phone) -> None:
    fake.answers["POST", f"/tickets/{TICKET}/confirm"] = problem(403, "otp_invalid")
    with pytest.raises(PhoneError) as caught:
        scan_and_confirm(phone, TICKET)
    assert code_of(caught) == "otp_invalid"
    assert steps_sent(fake) == [STEP - 1, STEP]


def test_a_confirm_without_a_scan_before_asks_for_the_time_first(fake: FakeGateway, tmp_path: Path) -> None:
    with Phone(fake.url, memory=StateDirectory(tmp_path).of(fake.url)) as phone:
        phone.login("agent", "Demo-2019")
        page = phone.scan(login_qr(fake.url, TICKET))
    with Phone.saved(directory=StateDirectory(tmp_path)) as again:
        assert again.confirm(page.ticket_id).state == "confirmed"


def test_a_wrong_number_is_reported_and_may_be_corrected(fake: FakeGateway, phone: Phone) -> None:
    page = phone.scan(login_qr(phone.gateway_url, TICKET))
    with pytest.raises(PhoneError) as caught:
        phone.confirm(page, number="17")
    assert code_of(caught) == "number_mismatch"
    assert phone.confirm(page, number="42").state == "confirmed"
    sent = steps_sent(fake)
    assert len(set(sent)) == len(sent)
