"""The cut-over (DESIGN.md section 4): before it units log in by password alone, from it on people are authorized."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from gateway.foundation.clock import Clock


class CutOver:
    """The day on which authorizations begin and logins by declaration password alone end; none is long past.

    ``day`` is asked each time: the simulation's seed may be another one by then.
    """

    def __init__(self, clock: Clock, day: Callable[[], date | None]) -> None:
        self._clock = clock
        self._day = day

    @property
    def day(self) -> date | None:
        """That day."""
        return self._day()

    @property
    def passed(self) -> bool:
        """Whether that day has come, in China."""
        day = self.day
        return day is None or self._clock.today() >= day
