"""The cut-over (DESIGN.md section 4): before it units log in by password alone, from it on people are authorized."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from gateway.foundation.clock import Clock
from scan_to_login.seed import Seed


class Seeded(Protocol):
    """What has a seed in force: the simulation, whose seed may be another one at each look."""

    @property
    def seed(self) -> Seed:
        """The seed in force."""


class CutOver:
    """The day on which authorizations begin and logins by declaration password alone end; no day means long ago.

    ``setting`` is the operator's day; without one it is that of the seed of ``seeded``.
    """

    def __init__(self, clock: Clock, setting: date | None, seeded: Seeded) -> None:
        self._clock = clock
        self._setting = setting
        self._seeded = seeded

    @property
    def day(self) -> date | None:
        """The day of the cut-over."""
        return self._setting or self._seeded.seed.cut_over

    @property
    def passed(self) -> bool:
        """Whether the cut-over has come, by the date in China."""
        day = self.day
        return day is None or self._clock.today() >= day

    @property
    def unit_login(self) -> bool:
        """Whether units still log in by their declaration password alone."""
        return not self.passed
