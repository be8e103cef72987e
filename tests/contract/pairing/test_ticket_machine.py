"""Anything is done to one ticket in any order, with the clock moving: Redis never disagrees with the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, rule, run_state_machine_as_test

from tests.contract.pairing.screens import screen
from tests.contract.pairing.ticket_machine import TicketMachine
from tests.contract.stage import Stage

FRESH_STEPS = 5  # of one second


@dataclass(frozen=True)
class Photo:
    """What a camera has seen of a QR that rotates."""

    ticket_id: str
    frame: str
    at: int


class PhotographedTickets(TicketMachine):
    """The same with a QR that rotates: frames of several moments and of another ticket come at any time."""

    rotating = True

    def __init__(self) -> None:
        super().__init__()
        self.another_ticket = self.stage.request()

    phones = st.booleans()
    photos = Bundle("photos")

    @rule(target=photos, another=st.booleans())
    def photograph(self, another: bool) -> Photo:
        """Somebody photographs this client's screen, or another client's."""
        seen = screen(self.stage, self.another_ticket if another else self.ticket)
        return Photo(seen.ticket.ticket_id, seen.frame(), self.stage.clock.now_ms() // 1000)

    @rule(photo=photos, first=phones)
    def scan_a_photo(self, photo: Photo, first: bool) -> None:
        """Either phone sends a frame that was seen some time ago, perhaps beside another ticket."""
        age = self.stage.clock.now_ms() // 1000 - photo.at
        fresh = photo.ticket_id == self.ticket.ticket_id and age < FRESH_STEPS
        self.scan_with(photo.frame, first=first, stale=self.rotates and not fresh)

    @rule(seconds=st.sampled_from([1, 4, 4.999, 5, 6]), first=phones)
    def scan_a_screen_of_some_seconds_ago(self, seconds: float, first: bool) -> None:
        """A phone's camera, or its network, is slow."""
        photo = self.photograph(another=False)
        self.stage.pass_time(seconds)
        self.scan_a_photo(photo, first)

    @rule(first=phones)
    def scan_without_a_frame(self, first: bool) -> None:
        """Either phone knows the ticket's id alone."""
        self.scan_with("", first=first, stale=self.rotates)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "targeted", "rotating"),
    [("show", False, False), ("choose", False, True), ("return", False, True), ("show", True, True)],
)
def test_the_scripts_agree_with_the_table_in_any_sequence(
    make_stage: Callable[..., Stage], mode: str, targeted: bool, rotating: bool
) -> None:
    """Two phones, two clients, wrong codes and numbers, photos, refreshes, the switch of QR login, a moving clock."""
    kept = {"make": staticmethod(make_stage), "mode": mode, "targeted": targeted}
    machine = type("Machine", (PhotographedTickets if rotating else TicketMachine,), kept)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60 if mode == "show" else 30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
