"""The two ways of number matching that need an answer: chosen on the phone, in one try, or typed at the client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway.foundation.errors import Refusal
from gateway.foundation.secrets import ServerKey
from scan_to_login.protocol import Code, TicketReason
from tests.contract.stage import ADDRESS, OTP_SECONDS, Stage, Ticket

MakeStage = Callable[..., Stage]


def scanned(stage: Stage) -> tuple[Ticket, dict[str, Any], dict[str, Any]]:
    """A ticket, the phone's page, and what the client was told of the scan."""
    ticket = stage.request()
    page = stage.service.bind_phone(ticket.ticket_id, stage.phone.token, ADDRESS)
    return ticket, page, stage.heard()[-1]


def confirm(stage: Stage, ticket: Ticket, number: str = "") -> dict[str, Any]:
    """A confirm with the right one-time code."""
    code = stage.code(stage.phone)
    return stage.service.approve_login(ticket.ticket_id, stage.phone.token, code, number, ADDRESS)


def claim(stage: Stage, ticket: Ticket, code: str = "", key: str = "") -> str:
    """The token of a claim."""
    return stage.service.exchange_for_token(ticket.ticket_id, ticket.secret, key, ADDRESS, code)[0]


def refused(call: Callable[[], object]) -> Refusal:
    """The refusal of a call."""
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value


class TestChoose:
    """The phone offers three numbers, of which the client shows one."""

    def test_the_phone_is_not_told_which_is_right(self, make_stage: MakeStage) -> None:
        """Three different numbers, the right one among them at each place; a repeated scan has the same."""
        stage = make_stage(number_matching="choose")
        places = set()
        while len(places) < 3:  # the order is random
            ticket, page, told = scanned(stage)
            assert page["number_matching"] == "choose"
            assert "number" not in page
            assert len(set(page["choices"])) == 3
            assert all(number.isdigit() and len(number) == 2 for number in page["choices"])
            places.add(page["choices"].index(told["number"]))
            assert "choices" not in told
            again = stage.service.bind_phone(ticket.ticket_id, stage.phone.token, ADDRESS)
            assert again["choices"] == page["choices"]

    def test_the_right_number_confirms(self, make_stage: MakeStage) -> None:
        stage = make_stage(number_matching="choose")
        ticket, _, told = scanned(stage)
        assert confirm(stage, ticket, told["number"])["state"] == "confirmed"
        assert claim(stage, ticket)

    def test_a_wrong_one_rejects_at_once(self, make_stage: MakeStage) -> None:
        """The client is told with a reason of its own, and the phone's page that the ticket is over."""
        stage = make_stage(number_matching="choose")
        ticket, page, told = scanned(stage)
        decoy = next(number for number in page["choices"] if number != told["number"])
        refusal = refused(lambda: confirm(stage, ticket, decoy))
        assert (refusal.code, refusal.extra["state"]) == (Code.NUMBER_MISMATCH, "rejected")
        pushed = stage.heard()[-1]
        assert (pushed["state"], pushed["reason"]) == ("rejected", TicketReason.WRONG_NUMBER)
        stage.pass_time(OTP_SECONDS)
        assert refused(lambda: confirm(stage, ticket, told["number"])).code is Code.TICKET_REJECTED

    def test_no_number_at_all_is_no_choice(self, make_stage: MakeStage) -> None:
        stage = make_stage(number_matching="choose")
        ticket, _, told = scanned(stage)
        refusal = refused(lambda: confirm(stage, ticket))
        assert (refusal.code, refusal.extra["state"]) == (Code.NUMBER_MISMATCH, "scanned")
        stage.pass_time(OTP_SECONDS)
        assert confirm(stage, ticket, told["number"])["state"] == "confirmed"

    def test_a_wrong_one_time_code_is_no_choice(self, make_stage: MakeStage) -> None:
        """It is refused before the number is looked at."""
        stage = make_stage(number_matching="choose")
        ticket, page, told = scanned(stage)
        decoy = next(number for number in page["choices"] if number != told["number"])
        wrong = lambda: stage.service.approve_login(  # noqa: E731 - one call
            ticket.ticket_id, stage.phone.token, "000000", decoy, ADDRESS
        )
        assert refused(wrong).code is Code.OTP_INVALID
        assert confirm(stage, ticket, told["number"])["state"] == "confirmed"


class TestReturn:
    """The phone shows six digits after it has confirmed, which come with the claim."""

    def test_the_phone_alone_is_told_the_code(self, make_stage: MakeStage) -> None:
        """Redis does not hold it, and neither side has a number; a repeated confirm has the same code."""
        stage = make_stage(number_matching="return")
        ticket, page, told = scanned(stage)
        assert "number" not in page | told
        answer = confirm(stage, ticket)
        assert len(answer["claim_code"]) == 6
        pushed = stage.heard()[-1]
        assert pushed["claim_code_required"] is True
        assert "claim_code" not in pushed
        assert answer["claim_code"] not in str(stage.hash(ticket))
        assert confirm(stage, ticket)["claim_code"] == answer["claim_code"]

    def test_a_claim_needs_it(self, make_stage: MakeStage) -> None:
        """A claim without it changes nothing, one with it opens the session, and repeats as every claim does."""
        stage = make_stage(number_matching="return")
        ticket, _, _ = scanned(stage)
        code = confirm(stage, ticket)["claim_code"]
        for _ in range(5):
            assert refused(lambda: claim(stage, ticket)).code is Code.CLAIM_CODE_REQUIRED
        token = claim(stage, ticket, code, "once")
        assert claim(stage, ticket, code, "once") == token
        assert stage.client_sessions() == 1

    def test_the_third_wrong_one_rejects(self, make_stage: MakeStage) -> None:
        stage = make_stage(number_matching="return")
        ticket, _, _ = scanned(stage)
        code = confirm(stage, ticket)["claim_code"]
        stage.heard()
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        told = [refused(lambda: claim(stage, ticket, wrong)) for _ in range(3)]
        assert [refusal.code for refusal in told] == [Code.CLAIM_CODE_INVALID] * 3
        assert [refusal.extra["claim_tries_left"] for refusal in told] == [2, 1, 0]
        assert [(event["state"], event["reason"]) for event in stage.heard()] == [("rejected", "too_many_tries")]
        assert refused(lambda: claim(stage, ticket, code)).code is Code.TICKET_REJECTED
        assert stage.client_sessions() == 0

    def test_another_client_spends_no_try(self, make_stage: MakeStage) -> None:
        stage = make_stage(number_matching="return")
        ticket, _, _ = scanned(stage)
        code = confirm(stage, ticket)["claim_code"]
        for _ in range(5):
            stranger = Ticket(ticket.ticket_id, "another secret")
            assert refused(lambda stranger=stranger: claim(stage, stranger, "000000")).code is Code.TICKET_NOT_FOUND
        assert claim(stage, ticket, code)

    def test_there_is_as_long_for_it_as_for_a_confirm(self, make_stage: MakeStage) -> None:
        stage = make_stage(number_matching="return")
        ticket, _, _ = scanned(stage)
        code = confirm(stage, ticket)["claim_code"]
        stage.pass_time(59)
        assert claim(stage, ticket, code)

    def test_a_code_from_before_a_change_of_the_key_holds(self, make_stage: MakeStage) -> None:
        stage = make_stage(number_matching="return")
        ticket, _, _ = scanned(stage)
        code = confirm(stage, ticket)["claim_code"]
        stage.service._server_key = ServerKey(b"n" * 32, [stage.server_key])
        assert claim(stage, ticket, code)

    def test_each_ticket_has_its_own(self, make_stage: MakeStage) -> None:
        stage = make_stage(number_matching="return")
        codes = set()
        for _ in range(4):
            ticket, _, _ = scanned(stage)
            codes.add(confirm(stage, ticket)["claim_code"])
            stage.pass_time(OTP_SECONDS)
        assert len(codes) > 1


@pytest.mark.parametrize("mode", ["off", "show", "require", "choose"])
def test_other_modes_ignore_a_code(make_stage: MakeStage, mode: str) -> None:
    """A client of another mode that sends one is not refused for it."""
    stage = make_stage(number_matching=mode)
    ticket, _, told = scanned(stage)
    answer = confirm(stage, ticket, told.get("number", ""))
    assert "claim_code" not in answer
    assert claim(stage, ticket, "123456")
