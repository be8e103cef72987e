"""The cut-over (DESIGN.md section 4): before it units log in by password alone, from it on people are authorized."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from gateway.foundation.clock import Clock


class CutOver:
    """The day on which authorizations begin and logins by declaration password alone end; no day means long ago.

    ``day`` is asked each time, since the simulation's seed may have changed.
    """

    def __init__(self, clock: Clock, day: Callable[[], date | None]) -> None:
        self._clock = clock
        self._day = day

    @property
    def day(self) -> date | None:
        """The day of the cut-over."""
        return self._day()

    @property
    def passed(self) -> bool:
        """Whether the cut-over has come, by the date in China."""
        day = self.day
        return day is None or self._clock.today() >= day
