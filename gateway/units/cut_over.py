"""Two dates of the tax office: authorizations begin, and logins by declaration password end (DESIGN.md section 5)."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from gateway.config import Settings
from gateway.foundation.clock import Clock
from scan_to_login.seed import Seed


class Seeded(Protocol):
    """What has a seed in force: the simulation, whose seed may be another one at each look."""

    @property
    def seed(self) -> Seed:
        """The seed in force."""


class CutOver:
    """The day from which there are authorizations, and the day until which units log in by themselves.

    In Gansu's manual both are 2020-01-01; an office that keeps the old login beside the new one has a later second day.
    Each is the setting's, else the seed's. Without a day there are authorizations, and no login by unit.
    """

    def __init__(self, clock: Clock, settings: Settings, seeded: Seeded) -> None:
        self._clock = clock
        self._settings = settings
        self._seeded = seeded

    @property
    def authorizations_from(self) -> date | None:
        """The first day of authorizations."""
        settings, seed = self._settings, self._seeded.seed
        return settings.authorizations_from or settings.cut_over_date or seed.authorizations_from or seed.cut_over

    @property
    def legacy_login_until(self) -> date | None:
        """The day on which the login by declaration password alone has ended."""
        settings, seed = self._settings, self._seeded.seed
        return settings.legacy_login_until or settings.cut_over_date or seed.legacy_login_until or seed.cut_over

    @property
    def authorizations(self) -> bool:
        """Whether there are authorizations yet, by the date in China."""
        day = self.authorizations_from
        return day is None or self._clock.today() >= day

    @property
    def unit_login(self) -> bool:
        """Whether units still log in by their declaration password alone."""
        day = self.legacy_login_until
        return day is not None and self._clock.today() < day
