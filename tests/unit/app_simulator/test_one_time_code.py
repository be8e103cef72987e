"""The time step of a code: never used twice, never outside the gateway's window, no needless wait."""

from __future__ import annotations

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_simulator.errors import PhoneError
from app_simulator.one_time_code import (
    NEAR_END_MS,
    STEP_MS,
    GatewayClock,
    choose_step,
    code_of,
    step_at,
)

from .fake_gateway import NOON

STEP = NOON // STEP_MS


def test_the_first_code_is_of_the_step_before() -> None:
    assert choose_step(NOON + 1, -1).step == STEP - 1


def test_two_logins_in_one_step_take_the_step_before_and_the_present_one() -> None:
    assert choose_step(NOON + 2_000, STEP - 1).step == STEP


def test_a_third_login_in_one_step_waits_for_its_end() -> None:
    choice = choose_step(NOON + 10_000, STEP)
    assert choice.step is None
    assert choice.wait_ms == 20_000


def test_near_the_end_of_a_step_the_step_before_is_not_used() -> None:
    assert choose_step(NOON + STEP_MS - NEAR_END_MS, -1).step == STEP - 1
    assert choose_step(NOON + STEP_MS - NEAR_END_MS + 1, -1).step == STEP


def test_a_clock_set_back_by_an_hour_means_a_wait_longer_than_a_step() -> None:
    assert choose_step(NOON - 3_600_000, STEP).wait_ms > STEP_MS


@settings(deadline=None)
@given(st.lists(st.integers(0, 90_000), max_size=60))
def test_however_a_clock_runs_on_no_step_is_used_twice(pauses: list[int]) -> None:
    now, last = NOON, -1
    for pause in pauses:
        now += pause
        choice = choose_step(now, last)
        if choice.step is None:
            assert 0 < choice.wait_ms <= STEP_MS
            assert choose_step(now + choice.wait_ms, last).step == last + 1
        else:
            assert choice.step > last
            assert step_at(now) - 1 <= choice.step <= step_at(now)
            last = choice.step


@settings(deadline=None)
@given(st.integers(0, 4_000_000_000_000), st.integers(-1, 200_000_000))
def test_a_step_is_chosen_or_the_wait_leads_to_one(now: int, last: int) -> None:
    choice = choose_step(now, last)
    if choice.step is None:
        assert choose_step(now + choice.wait_ms, last).step == last + 1
    else:
        assert choice.step > last
        assert step_at(now) - 1 <= choice.step <= step_at(now)


def test_a_code_is_the_one_that_pyotp_gives_for_the_moment() -> None:
    secret = pyotp.random_base32()
    assert code_of(secret, step_at(NOON)) == pyotp.TOTP(secret).at(NOON // 1000)


def test_a_secret_that_is_not_base32_is_refused() -> None:
    with pytest.raises(PhoneError, match="base32"):
        code_of("0189!", STEP)


def test_the_clock_follows_the_times_in_answers() -> None:
    seconds = 100.0
    clock = GatewayClock(lambda: seconds)
    assert not clock.known
    with pytest.raises(LookupError):
        clock.now_ms()
    clock.observe(NOON)
    seconds += 1.5
    assert clock.now_ms() == NOON + 1_500
    clock.observe(NOON - 3_600_000)
    assert clock.now_ms() == NOON - 3_600_000
