"""The days of an authorization: from one (today unless said) for ever or until another. Pure rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from gateway.foundation.errors import refused_field
from gateway.units.model import end_of_day, start_of_day
from scan_to_login.field_rules import FieldRule


@dataclass(frozen=True, slots=True)
class Days:
    """The first day (None is today) and the last (None is for ever), in China."""

    first: date | None
    last: date | None

    def moments(self, today: date) -> tuple[int, int | None]:
        """The first moment (ms), and the first one after the last day. Raises ``invalid_request``."""
        return self.changed(0, None, ("valid_from", "valid_until"), today)

    def changed(
        self, valid_from: int, valid_until: int | None, change: Collection[str], today: date
    ) -> tuple[int, int | None]:
        """The same for an authorization whose ``valid_from`` and ``valid_until`` change where ``change`` says so."""
        for field, day in (("valid_from", self.first), ("valid_until", self.last)):
            if day is not None and day < today:
                raise refused_field(field, FieldRule.DAY_PAST)
        if "valid_from" in change:
            valid_from = start_of_day(self.first or today)
        if "valid_until" in change:
            valid_until = end_of_day(self.last) if self.last else None
        if change and valid_until is not None and valid_until <= valid_from:
            raise refused_field("valid_until", FieldRule.DAY_ORDER)
        return valid_from, valid_until
