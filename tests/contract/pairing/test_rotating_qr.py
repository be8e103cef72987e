"""The rotating QR: a scan needs a frame of the last few steps of the gateway's clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.foundation.secrets import ServerKey, random_id, random_token
from gateway.pairing.rotation import QrRotation
from gateway.pairing.store import Registered
from scan_to_login.protocol import Code, TicketState
from tests.contract.pairing.screens import Screen, screen
from tests.contract.stage import ADDRESS, CLIENT, WORKER, Stage, Ticket

MakeStage = Callable[..., Stage]


@pytest.fixture
def stage(make_stage: MakeStage) -> Stage:
    return make_stage(rotating_qr=True)


@pytest.mark.parametrize("steps", [-4, -1, 0, 1])
def test_a_frame_of_the_last_steps_is_fresh(stage: Stage, steps: int) -> None:
    shown = screen(stage)
    assert shown.scan(shown.frame(steps)) is TicketState.SCANNED


@pytest.mark.parametrize("steps", [-5, -60, 2])
def test_an_older_one_is_stale_and_changes_nothing(stage: Stage, steps: int) -> None:
    """The same phone may scan the screen again at once."""
    shown = screen(stage)
    before = stage.hash(shown.ticket)
    assert shown.scan(shown.frame(steps)) is Code.QR_STALE
    assert stage.hash(shown.ticket) == before
    assert shown.scan(shown.frame()) is TicketState.SCANNED


def test_a_photo_is_stale_when_the_clock_has_moved_on(stage: Stage) -> None:
    shown = screen(stage)
    photo = shown.frame()
    stage.pass_time(5)
    assert shown.scan(photo) is Code.QR_STALE
    assert shown.scan(shown.frame()) is TicketState.SCANNED


def test_nobody_makes_a_frame_without_the_secret(stage: Stage) -> None:
    """No frame, another ticket's, one of a guessed secret, and what is none: all are told the same."""
    shown, other = screen(stage), screen(stage)
    forged = Screen(stage, shown.ticket, "guessed").frame()
    for frame in ("", other.frame(), forged, shown.frame()[:-1], shown.frame() + "A", "0.", "x"):
        assert shown.scan(frame) is Code.QR_STALE, frame
    assert stage.state(shown.ticket) is TicketState.PENDING


def test_redis_holds_no_secret(stage: Stage) -> None:
    shown = screen(stage)
    assert shown.secret not in str(stage.hash(shown.ticket))


def test_a_phone_repeats_its_scan_with_the_frame_that_it_has(stage: Stage) -> None:
    """And with none, as a page does that is looked at again; another phone is told that the ticket is taken."""
    shown = screen(stage)
    photo = shown.frame()
    assert shown.scan(photo) is TicketState.SCANNED
    stage.pass_time(20)
    assert shown.scan(photo) is TicketState.SCANNED
    assert shown.scan("") is TicketState.SCANNED
    assert shown.scan(shown.frame(), stage.other_phone) is Code.TICKET_TAKEN


def test_a_dead_ticket_says_so_before_its_frame(stage: Stage) -> None:
    shown = screen(stage)
    stage.store.mark_cancelled(shown.ticket.ticket_id, shown.ticket.secret, ADDRESS)
    assert shown.scan(shown.frame(-60)) is Code.TICKET_CANCELLED


def test_a_change_of_the_server_key_leaves_frames_as_they_are(stage: Stage) -> None:
    shown = screen(stage)
    stage.service._rotation = QrRotation(stage.settings, stage.clock, ServerKey(b"n" * 32, [stage.server_key]))
    assert shown.scan(shown.frame()) is TicketState.SCANNED


def test_a_device_is_told_one_text_for_the_whole_life_of_its_code(stage: Stage) -> None:
    """RFC 8628 has no way to tell another: its ticket does not rotate."""
    ticket = Ticket(random_id(), random_token())
    registered = Registered("{}", verified=False, whole_life=True)
    stage.store.add_ticket(ticket.ticket_id, ticket.secret, CLIENT, ADDRESS, WORKER, None, registered)
    assert Screen(stage, ticket, "").scan("") is TicketState.SCANNED


def test_with_the_setting_off_a_frame_means_nothing(make_stage: MakeStage) -> None:
    stage = make_stage()
    ticket = stage.request()
    assert "rotates" not in stage.hash(ticket)
    assert Screen(stage, ticket, "").scan("1.AAAAAAAAAAAA") is TicketState.SCANNED
