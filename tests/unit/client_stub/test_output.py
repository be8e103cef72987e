"""The output of a login: JSON lines without secrets, and a screen for a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from client_stub.errors import LocalCode, ending, unreachable
from client_stub.model import Account, Login, Scanner, Session, Ticket, Unit, Update
from client_stub.terminal.catalog import Catalog
from client_stub.terminal.output import JsonOutput, ScreenOutput
from scan_to_login.errors import Reason
from scan_to_login.protocol import Stage, TicketState

Make = Callable[..., Update]
ACCOUNT = Account("a-1", "agent", "*三", "resident_id")
UNIT = Unit("91110108MA01A0B1CY", "北京晨光科技有限公司", ("tax_agent",), ("binding",))
LOGIN = Login("an-access-token", 60, ACCOUNT, (UNIT,), "verify_unit")
SESSION = Session(ACCOUNT, UNIT, Stage.UNIT_VERIFIED)


@pytest.fixture
def out() -> StringIO:
    return StringIO()


@pytest.fixture
def view(out: StringIO) -> JsonOutput:
    return JsonOutput(Catalog("en"), out)


def lines(out: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_state_is_one_line_and_the_last_has_the_stage(
    view: JsonOutput, out: StringIO, ticket: Ticket, update: Make
) -> None:
    view.ticket(ticket, update("pending", 1, expires_in=120))
    view.update(update("scanned", 2, scanned_by=Scanner("*三", "三"), number="42"))
    view.update(update("confirmed", 3))
    view.logged_in(LOGIN, update("claimed", 4))
    view.ended(SESSION, None)
    told = lines(out)
    assert [line["state"] for line in told] == ["pending", "scanned", "confirmed", "claimed"]
    assert [line.get("stage") for line in told] == [None, None, None, "unit_verified"]
    assert told[0]["qr"] == ticket.qr
    assert told[1]["scanned_by"] == {"display_name": "*三", "initial": "三"}
    assert told[1]["number"] == "42"
    assert told[3]["unit"]["taxpayer_id"] == UNIT.taxpayer_id


def test_no_secret_is_written(view: JsonOutput, out: StringIO, ticket: Ticket, update: Make) -> None:
    view.ticket(ticket, update("pending", 1))
    view.logged_in(LOGIN, update("claimed", 2))
    view.ended(SESSION, None)
    assert ticket.claim_secret not in out.getvalue()
    assert LOGIN.access_token not in out.getvalue()


def test_a_live_state_is_written_at_once(view: JsonOutput, out: StringIO, ticket: Ticket, update: Make) -> None:
    view.ticket(ticket, update("pending", 1))
    assert len(lines(out)) == 1


@pytest.mark.parametrize("state", [TicketState.REJECTED, TicketState.EXPIRED, TicketState.CANCELLED])
def test_an_end_is_one_line_with_its_error(
    view: JsonOutput, out: StringIO, ticket: Ticket, update: Make, state: TicketState
) -> None:
    view.ticket(ticket, update("pending", 1))
    view.update(update(state, 2))
    view.ended(None, ending(state))
    told = lines(out)
    assert [line["state"] for line in told] == ["pending", state]
    assert told[1]["stage"] is None
    assert told[1]["error"]["code"] == f"ticket_{state}"


def test_a_refused_unit_leaves_the_stage_at_logged_in(view: JsonOutput, out: StringIO, update: Make) -> None:
    view.logged_in(LOGIN, update("claimed", 4))
    view.ended(None, unreachable("http://gateway", Reason.CUT))
    (line,) = lines(out)
    assert (line["state"], line["stage"], line["error"]["code"]) == ("claimed", "logged_in", "unreachable")


def test_an_expired_ticket_that_is_replaced_is_a_line_without_a_stage(
    view: JsonOutput, out: StringIO, ticket: Ticket, update: Make
) -> None:
    view.update(update("expired", 2))
    view.ticket(ticket, update("pending", 1))
    assert [(line["state"], "stage" in line) for line in lines(out)] == [("expired", False), ("pending", False)]


def test_without_any_state_the_last_line_still_says_why(view: JsonOutput, out: StringIO) -> None:
    view.ended(None, unreachable("http://gateway", Reason.REFUSED))
    (line,) = lines(out)
    assert line["state"] is None
    assert line["stage"] is None
    assert line["error"]["code"] == LocalCode.UNREACHABLE


def test_chinese_is_escaped_where_the_output_cannot_hold_it(update: Make) -> None:
    class Narrow(StringIO):
        encoding = "ascii"

    out = Narrow()
    JsonOutput(Catalog("zh"), out).logged_in(LOGIN, update("claimed", 4))
    JsonOutput(Catalog("zh"), out).ended(None, ending(TicketState.EXPIRED))
    assert out.getvalue().isascii()
    assert json.loads(out.getvalue())["error"]["detail"]


@pytest.fixture
def screen(out: StringIO) -> ScreenOutput:
    return ScreenOutput(Catalog("en"), Console(file=out, width=100), keyed=False)


def test_the_screen_shows_the_scanner_and_the_number(
    screen: ScreenOutput, out: StringIO, ticket: Ticket, update: Make
) -> None:
    screen.ticket(ticket, update("pending", 1, expires_in=119))
    screen.update(update("scanned", 2, scanned_by=Scanner("*三", "三"), number="42", expires_in=60))
    screen.update(update("confirmed", 3))
    screen.logged_in(LOGIN, update("claimed", 4))
    screen.ended(SESSION, None)
    shown = out.getvalue()
    for text in (ticket.qr, "1:59 left", "Scanned by *三", "number 42", "Confirmed on the phone", "Logged in as *三"):
        assert text in shown
    assert f"Unit verification passed: {UNIT.name}." in shown


def test_the_screen_without_a_number_asks_for_no_comparison(screen: ScreenOutput, out: StringIO, update: Make) -> None:
    screen.update(update("scanned", 2, scanned_by=Scanner("*三", "三")))
    assert "number" not in out.getvalue()


def test_names_from_the_wire_are_no_markup(screen: ScreenOutput, out: StringIO, update: Make) -> None:
    screen.update(update("scanned", 2, scanned_by=Scanner("[red]x[/red]", "x")))
    assert "[red]x[/red]" in out.getvalue()


def test_control_characters_from_the_wire_do_not_reach_the_terminal(
    screen: ScreenOutput, out: StringIO, update: Make
) -> None:
    screen.update(update("scanned", 2, scanned_by=Scanner("\x1b[2Jx\x07", "x")))
    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()


def test_an_error_goes_to_standard_error_once(
    screen: ScreenOutput, capsys: pytest.CaptureFixture[str], update: Make
) -> None:
    screen.ended(None, unreachable("http://gateway", Reason.REFUSED))
    assert capsys.readouterr().err.count("http://gateway") == 1
    screen.update(update("rejected", 2))
    screen.ended(None, ending(TicketState.REJECTED))
    assert capsys.readouterr().err == ""
