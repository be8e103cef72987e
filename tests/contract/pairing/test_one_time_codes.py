"""The phone's one-time codes (RFC 6238) and the number on the client's screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.foundation.errors import Refusal
from scan_to_login.protocol import Code, TicketState
from tests.contract.stage import ADDRESS, OTP_SECONDS, Stage, Ticket


def scanned(stage: Stage) -> Ticket:
    """A ticket scanned now."""
    ticket = stage.request()
    stage.service.bind_phone(ticket.ticket_id, stage.phone.token, ADDRESS)
    return ticket


def confirm(stage: Stage, ticket: Ticket, code: str, number: str = "") -> str | Code:
    """The state, or the code of the refusal."""
    try:
        return str(stage.service.approve_login(ticket.ticket_id, stage.phone.token, code, number, ADDRESS)["state"])
    except Refusal as refusal:
        return refusal.code


def test_a_code_is_accepted_once(stage: Stage) -> None:
    """The same code at a second ticket is refused, whatever became of the first (RFC 6238 section 5.2)."""
    code = stage.code(stage.phone)
    assert confirm(stage, scanned(stage), code) == "confirmed"
    assert confirm(stage, scanned(stage), code) is Code.OTP_INVALID


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [(0, "confirmed"), (-1, "confirmed"), (-2, Code.OTP_INVALID), (1, Code.OTP_INVALID), (2, Code.OTP_INVALID)],
)
def test_the_present_step_and_one_past_are_accepted(stage: Stage, steps: int, outcome: str | Code) -> None:
    """Network delay is one step at the most; no code of the future is ever good."""
    assert confirm(stage, scanned(stage), stage.code(stage.phone, steps)) == outcome


def test_an_older_step_than_the_last_one_used_is_refused(stage: Stage) -> None:
    """Codes are used in order."""
    past, present = stage.code(stage.phone, -1), stage.code(stage.phone)
    assert confirm(stage, scanned(stage), present) == "confirmed"
    assert confirm(stage, scanned(stage), past) is Code.OTP_INVALID


def test_two_logins_within_one_step_take_the_past_code_then_the_present(stage: Stage) -> None:
    """What a phone does that does not want to wait."""
    assert confirm(stage, scanned(stage), stage.code(stage.phone, -1)) == "confirmed"
    assert confirm(stage, scanned(stage), stage.code(stage.phone)) == "confirmed"


def test_a_code_that_a_refusal_told_of_serves_no_more(stage: Stage) -> None:
    """A guesser who hits a code of two minutes later is told so, and must not come back with it."""
    ahead, next_one = stage.code(stage.phone, 4), stage.code(stage.phone, 5)
    assert confirm(stage, scanned(stage), ahead) is Code.OTP_INVALID
    stage.pass_time(4 * OTP_SECONDS)
    assert confirm(stage, scanned(stage), ahead) is Code.OTP_INVALID
    stage.pass_time(OTP_SECONDS)
    assert confirm(stage, scanned(stage), next_one) == "confirmed"


def test_a_code_of_the_past_that_a_refusal_told_of_takes_no_other_away(stage: Stage) -> None:
    assert confirm(stage, scanned(stage), stage.code(stage.phone, -4)) is Code.OTP_INVALID
    assert confirm(stage, scanned(stage), stage.code(stage.phone)) == "confirmed"


def test_a_code_is_of_its_own_phone(stage: Stage) -> None:
    """Another device's code does not fit."""
    assert confirm(stage, scanned(stage), stage.code(stage.other_phone)) is Code.OTP_INVALID


def test_the_gateways_clock_alone_counts(stage: Stage) -> None:
    """A code of yesterday is good on a clock that is set to yesterday, and used up there as well."""
    stage.pass_time(-86_400)
    assert confirm(stage, scanned(stage), stage.code(stage.phone)) == "confirmed"


def test_a_new_phone_has_used_no_code(stage: Stage) -> None:
    """The guard is the device's own."""
    assert confirm(stage, scanned(stage), stage.code(stage.phone)) == "confirmed"
    stage.phone = stage.new_phone("王五")
    assert confirm(stage, scanned(stage), stage.code(stage.phone)) == "confirmed"


def test_wrong_codes_reject_the_ticket_in_the_end(stage: Stage) -> None:
    """The fifth wrong one ends it, and the client is told why."""
    ticket = scanned(stage)
    stage.heard()
    for _ in range(4):
        assert confirm(stage, ticket, "000000") is Code.OTP_INVALID
        assert stage.version(ticket) == 2
    assert stage.heard() == []
    assert confirm(stage, ticket, "000000") is Code.OTP_INVALID
    assert [(event["state"], event["reason"]) for event in stage.heard()] == [("rejected", "too_many_tries")]
    assert confirm(stage, ticket, stage.code(stage.phone)) is Code.TICKET_REJECTED


def test_fewer_wrong_codes_leave_the_right_one_its_chance(stage: Stage) -> None:
    """Four typing errors and then the right code."""
    ticket = scanned(stage)
    for _ in range(4):
        confirm(stage, ticket, "000000")
    assert confirm(stage, ticket, stage.code(stage.phone)) == "confirmed"


def page_and_state(stage: Stage, ticket: Ticket) -> tuple[str | None, str | None]:
    """The number on the phone's page, and the one that the client is told."""
    page = stage.service.bind_phone(ticket.ticket_id, stage.phone.token, ADDRESS)
    state = next(event for event in stage.heard() if event["ticket_id"] == ticket.ticket_id)
    return page.get("number"), state.get("number")


def test_number_off_is_nowhere(make_stage: Callable[..., Stage]) -> None:
    """Neither side shows one; one that is sent all the same is not looked at."""
    stage = make_stage(number_matching="off")
    ticket = stage.request()
    assert page_and_state(stage, ticket) == (None, None)
    assert confirm(stage, ticket, stage.code(stage.phone), "42") == "confirmed"


def test_number_show_is_on_both_sides_and_need_not_be_sent(stage: Stage) -> None:
    """Both sides show the same two digits."""
    ticket = stage.request()
    on_phone, on_client = page_and_state(stage, ticket)
    assert on_phone == on_client
    assert on_phone is not None
    assert 10 <= int(on_phone) <= 99
    assert confirm(stage, ticket, stage.code(stage.phone)) == "confirmed"


def test_number_show_refuses_a_wrong_one(stage: Stage) -> None:
    """Who sends one means it; the code that came with it is used up."""
    ticket = stage.request()
    number, _ = page_and_state(stage, ticket)
    wrong = "10" if number != "10" else "11"
    code = stage.code(stage.phone)
    assert confirm(stage, ticket, code, wrong) is Code.NUMBER_MISMATCH
    assert confirm(stage, ticket, code, number or "") is Code.OTP_INVALID
    stage.pass_time(OTP_SECONDS)
    assert confirm(stage, ticket, stage.code(stage.phone), number or "") == "confirmed"


def test_number_require_is_on_the_client_alone_and_must_be_sent(make_stage: Callable[..., Stage]) -> None:
    """The phone's page does not give it away: it is read off the client's screen."""
    stage = make_stage(number_matching="require")
    ticket = stage.request()
    on_phone, on_client = page_and_state(stage, ticket)
    assert on_phone is None
    assert on_client is not None
    assert confirm(stage, ticket, stage.code(stage.phone, -1)) is Code.NUMBER_MISMATCH
    assert confirm(stage, ticket, stage.code(stage.phone), on_client) == "confirmed"


def test_guessed_numbers_reject_the_ticket(make_stage: Callable[..., Stage]) -> None:
    """Ninety numbers, and five tries."""
    stage = make_stage(number_matching="require", tickets_scanned_seconds=300)
    ticket = stage.request()
    _, number = page_and_state(stage, ticket)
    wrong = "10" if number != "10" else "11"
    for _ in range(5):
        assert confirm(stage, ticket, stage.code(stage.phone), wrong) is Code.NUMBER_MISMATCH
        stage.pass_time(OTP_SECONDS)
    assert stage.state(ticket) is TicketState.REJECTED


def test_a_confirmed_client_no_longer_shows_the_number(stage: Stage) -> None:
    """The number is of the scanned state."""
    ticket = scanned(stage)
    stage.heard()
    confirm(stage, ticket, stage.code(stage.phone))
    assert "number" not in stage.heard()[-1]
